# Around every page
skip = 본문으로 건너뛰기
demo-banner = 데모입니다. 사람은 모두 가상이며 메일은 실제로 발송되지 않습니다.
sandbox-banner = 실제 계정이 아니라 시험용 샌드박스입니다. 샌드박스 시계는 { $v }입니다.
sign-out = 로그아웃
menu = 메뉴
menu-own = 내 보안
menu-people = 사용자
menu-status = 현황
menu-policy = 정책
menu-log = 감사 로그
language = 언어
help = 도움말
continue = 계속
cancel = 취소
show = 보기
all = 전체
next-page = 다음 페이지
previous-page = 이전 페이지
pages = 페이지
valid-until = 유효 기한:
since = 시작:
ends = 종료:
never = 없음
name = 이름
role = 역할
state = 상태
actions = 작업
reason = 사유
reason-hint = 감사 로그를 볼 수 있는 모든 사람에게 표시됩니다.

# Roles
role-owner = 소유자
role-admin = 관리자
role-agent = 상담원
role-auditor = 감사자
role-end-user = 사용자

# The way in
set-up-title = 계정 사용 준비
set-up-lead = { $v }에서 { $w } 계정을 사용할 준비를 합니다. 먼저 비밀번호를 정하고, 이어서 2차 인증을 설정합니다.
set-up-once = 이 링크는 한 번만 사용할 수 있습니다.
password-new = 새 비밀번호
password-hint = { $n }자 이상. 단어 여러 개를 이어 쓰면 기억하기 쉽고 추측하기 어렵습니다.
sign-in-title = 로그인
sign-in-lead = { $v }에서 이메일과 비밀번호를 요청합니다.
sign-in = 로그인
email = 이메일
password = 비밀번호
stay-signed-in = 브라우저를 닫아도 로그인 유지
challenge-title = 본인 확인
app-code = 인증 앱의 코드
app-code-hint = 띄어쓰기는 상관없습니다.
recovery-code = 복구 코드 하나
recovery-code-hint = 코드마다 한 번만 쓸 수 있습니다. 띄어쓰기와 하이픈은 상관없습니다.
trust-device =
    { $n ->
       *[other] 이 기기에서 { $n }일 동안 묻지 않기
    }
trust-device-hint = 혼자만 쓰는 기기에서만 선택하세요.
lost-device = 기기를 잃어버리셨나요?
use-recovery-code = 복구 코드 사용
lost-never = 도와주는 사람이 코드를 묻는 일은 절대 없습니다.

# Enrolment
enrol-title = 인증 앱 설정
enrol-lead = 이제부터 로그인하려면 비밀번호와 내 휴대폰에만 표시되는 코드가 필요합니다.
enrol-required = 이 계정은 2차 인증이 필수입니다. 2분 정도 걸리며, 마치면 계속할 수 있습니다.
enrol-step-app = 인증 앱 설치
enrol-step-app-text = 휴대폰이나 비밀번호 관리자에 있는 일회용 코드 앱이면 무엇이든 됩니다. 이미 있다면 다음으로 넘어가세요.
enrol-step-scan = 앱으로 이 그림을 스캔
enrol-cannot-scan = 스캔할 수 없나요?
enrol-type-key = 앱에서 ‘키 직접 입력’을 선택하고 다음을 입력하세요.
enrol-open-app = 이 기기의 앱에서 열기
enrol-step-code = 앱에 표시된 코드 입력
enrol-step-mail = 메일로 받은 코드 입력
enrol-mail-sent = { $v }(으)로 보냈습니다.
mailed-code = 메일의 코드
send-again = 다시 보내기
enrol-finish = 사용 시작
enrol-once = 그림과 키는 설정을 마칠 때까지만 표시됩니다.
qr-label = 인증 앱용 QR 코드

# Recovery codes
codes-title = 복구 코드 보관
codes-lead = 휴대폰이 없을 때 코드마다 한 번씩 로그인할 수 있습니다. 잃어버리면 안 되는 물건을 두는 곳에 보관하세요.
codes-once = 이 코드는 다시 볼 수 없습니다. 언제든 새로 만들 수 있고, 그러면 이전 코드는 쓸 수 없게 됩니다.
codes-download = 내려받기
codes-print = 선택해서 복사하거나 이 페이지를 인쇄해도 됩니다.
codes-kept = 보관했습니다
codes-left =
    { $n ->
       *[other] 코드 { $n }개 남음
    }

# Your security
own-factors = 2차 인증 수단
own-no-factor = 아직 2차 인증 수단이 없습니다. 비밀번호만으로는 추측되거나 도난당할 수 있습니다.
own-add-factor = 다른 수단 추가
own-switch-off = 사용 안 함
own-required = 이 계정은 2차 인증이 필수이므로 마지막 수단은 삭제할 수 없습니다.
own-codes = 복구 코드
own-codes-hint = 새 코드를 만들면 이전 코드는 즉시 무효가 됩니다.
own-new-codes = 새 코드 만들기
own-devices = 기기
own-sessions = 열린 세션
own-no-devices = 알려진 기기가 없습니다.
own-no-sessions = 열린 세션이 없습니다.
factor-totp = 인증 앱
factor-token = 하드웨어 토큰
factor-sms = SMS 코드
factor-webauthn = 보안 키 또는 패스키
factor-passkey = 패스키
factor-security-key = 보안 키
key-use = 보안 키 또는 패스키 사용
key-or = 또는 코드 없이:
key-needs-scripts = 보안 키와 패스키에는 JavaScript가 필요하지만 이 브라우저에서는 꺼져 있습니다. 아래의 다른 방법을 사용하거나 이 페이지에서 켜 주세요.
key-no-answer = 키가 응답하지 않았거나 이 브라우저에서 키를 요청할 수 없습니다. 다시 시도하거나 다른 방법을 사용하세요.
key-wrong = 여기에 등록된 키가 아닙니다. 추가한 키로 다시 시도하세요.
key-over = 시간이 너무 오래 걸렸거나 이미 사용되었습니다. 다시 시도하세요.
enrol-kind = 무엇을 추가하시겠습니까?
enrol-kind-app = 30초마다 새로운 여섯 자리 코드를 보여 줍니다. 어떤 휴대전화에서도 작동합니다.
enrol-kind-key = 꽂거나 휴대전화에 대는 키, 또는 이 기기의 잠금입니다. 입력할 것이 없습니다.
enrol-key-title = 보안 키 또는 패스키 추가
enrol-key-lead = 이제 이 키로 본인임을 확인할 수 있습니다.
enrol-step-key = 키를 터치하세요
enrol-step-key-text = 브라우저가 키를 요청합니다. 키에 PIN이 있으면 PIN도 물을 수 있습니다.
error-keys-not-offered = 이 서버는 이름이 아니라 IP 주소로 연결되므로 보안 키를 추가할 수 없습니다. 인증 앱을 선택하세요.
last-used = 마지막 사용:
never-shown = 다른 시스템에서 가져왔고 여기서 보인 적 없음
last-seen = 마지막 접속:
trusted-until = 신뢰 기한:
not-trusted = 코드 필요
this-device = 현재 기기
this-session = 현재 세션
stop-trusting = 신뢰 해제
report-lost = 분실 신고
by-code = 코드로 로그인
by-recovery-code = 복구 코드로 로그인
by-sms = SMS 코드로 로그인
by-key = 보안 키 또는 패스키로 로그인
by-trust = 신뢰하는 기기에서 코드 없이 로그인
by-program = 프로그램이 보증한 로그인, 코드 없음
by-password = 비밀번호로 로그인
end-session = 종료
end-others = 다른 세션 모두 종료
end-chosen = 선택한 세션 끝내기
end-all = 모든 세션 끝내기
devices-of-title = 기기와 세션

# States
state-enabled = 사용 중
state-pending = 설정 필요
state-optional = 선택
state-exempt = 면제
state-suspended = 일시 중지
state-locked = 잠김
switch-on = 켜짐
switch-off = 꺼짐
switch-suspended = 일시 중지

# People and status
search-people = 이름 또는 이메일
nobody = 해당하는 사람이 없습니다.
status-title = 2차 인증 현황
as-of-day = 기준일
show-now = 현재로 돌아가기
as-of = 기준 시각:
as-of-event = 또는 이벤트 번호
as-of-title = 지난 시점의 모습
seen = 이벤트 { $v } 기준,
rule = 규칙
enrolled = 등록
codes = 코드

# Audit log
log-type = 이벤트
log-who = 누가
log-whom = 누구에게
log-from = 시작일
log-to = 종료일
log-why = 사유
log-empty = 해당하는 이벤트가 없습니다.

# Policy
policy-switch = 이 계정의 2차 인증
policy-enable = 사용
policy-enable-hint = 이전 등록은 초기화되었으므로 모두 처음부터 설정합니다.
policy-resume = 재개
policy-resume-hint = 모든 것이 이전과 같아집니다. 그 사이 2차 인증 없이 열린 세션은 종료됩니다.
policy-suspend = 일시 중지
policy-suspend-hint = 당분간 아무에게도 코드를 묻지 않습니다. 등록은 그대로 유지됩니다.
policy-disable = 모두에게 사용 안 함
policy-disable-hint = 계정의 모든 등록을 초기화합니다. 결정하기 전에 몇 명인지 보여 드립니다.
policy-members = 팀원
policy-users = 최종 사용자
policy-required-hint = 기본값: 요구하지 않음. 없는 사람은 다음 로그인 때 설정해야 합니다.
policy-read-only = 이 정책을 보고 지난 로그인에 다른 정책을 적용해 볼 수 있지만 변경할 수는 없습니다.

# Confirmations
confirm-disable-title = 모두에게 2차 인증을 사용하지 않도록 할까요?
confirm-suspend-title = 2차 인증을 일시 중지할까요?
confirm-resume-title = 2차 인증을 재개할까요?
confirm-enable-title = 2차 인증을 다시 사용할까요?
confirm-reset-title = 이 사람의 2차 인증을 초기화할까요?
confirm-disable = 사용 중지하고 초기화
confirm-ask = 승인 요청
confirm-suspend = 일시 중지
confirm-resume = 재개
confirm-enable = 사용
confirm-reset = 초기화
effect-disable-factors = 모든 인증 앱, 복구 코드, 신뢰하는 기기가 즉시 무효가 됩니다.
effect-disable-again = 다시 사용하면 모두 처음부터 설정합니다.
effect-disable-sessions = 코드를 기다리는 로그인은 거부됩니다.
effect-disable-instead = 아무도 초기화하지 않고 잠시 묻지 않으려면 일시 중지를 사용하세요.
effect-suspend = 재개할 때까지 아무에게도 코드를 묻지 않습니다. 등록은 그대로 유지됩니다.

# Development outbox
outbox-title = 보낸 편지함
outbox-lead = 이 서버의 메일과 메시지는 발송되지 않고 여기에 모입니다.
outbox-empty = 아직 없습니다.

# When something does not work
error-bad = 내용을 읽을 수 없습니다
error-bad-advice = 뒤로 가서 입력한 내용을 확인하고 다시 시도하세요.
error-signed-out = 로그인하세요
error-signed-out-advice = 세션이 끝났거나 아직 로그인하지 않았습니다.
error-forbidden = 허용되지 않습니다
error-forbidden-advice = 역할에 권한이 없거나 다른 사이트에서 온 요청입니다.
error-gone = 찾을 수 없습니다
error-gone-advice = 링크가 잘못되었거나 이미 사용되었거나 기한이 지났습니다. 새 링크를 요청하세요.
error-changed = 그 사이 변경되었습니다
error-changed-advice = 다른 사람이 먼저 변경했습니다. 뒤로 가서 페이지를 다시 불러온 뒤 결정하세요.
error-slow = 시도가 너무 많습니다
error-slow-advice = 잠시 기다린 뒤 다시 시도하세요.
error-away = 지금은 사용할 수 없습니다
error-away-advice = 잠시 후 다시 시도하세요. 확인된 내용은 사라지지 않습니다.
error-fault = 서버에 문제가 생겼습니다
error-fault-advice = 다시 시도하세요. 계속되면 아래 번호를 알려 주세요.
request-id = 요청 번호:

# Home, sign-in, codes
home-title = 어느 계정인가요?
account-name = 계정의 짧은 이름
account-name-hint = 보내 드린 모든 메일에 적혀 있습니다.
account-unknown = 그런 이름의 계정이 없습니다. 철자를 확인하거나 초대한 분께 물어보세요.
accounts-here = 이 데모의 계정
not-now = 나중에
sign-in-refused = 이메일과 비밀번호가 맞지 않거나 지금은 로그인할 수 없습니다. 다시 시도하거나 이 계정의 관리자에게 문의하세요.
password-too-short = 비밀번호는 { $n }자 이상이어야 합니다.
password-obvious = 누구나 가장 먼저 시도해 볼 만한 비밀번호입니다. 본인만 연결 지을 수 있는 단어 몇 개를 고르세요. ({ $n }자 이상)
password-wrong = 비밀번호가 맞지 않습니다.
why-new-device = 이 기기에서 처음 로그인합니다.
why-trust-ended = 이 기기의 신뢰 기간이 끝났습니다.
why-not-trusted = 신뢰하는 기기가 아닙니다.
why-every-sign-in = 이 계정은 로그인할 때마다 코드를 요청합니다.
why-kind-not-allowed = 이 계정은 더 이상 이 종류의 인증 수단을 허용하지 않습니다. 한 번 더 사용한 뒤 다른 수단을 추가하세요.
code-malformed = 코드는 6자리이며, 토큰에 따라 8자리입니다.
code-wrong = 코드가 맞지 않습니다. 지금 앱에 표시된 코드를 입력하세요. 계속 틀리면 휴대폰의 시계를 확인하거나, 연속된 코드 두 개를 이어서 입력하세요.
code-used = 이미 사용한 코드입니다. 다음 코드를 기다리세요.
code-expired = 시간이 지난 코드입니다. 지금 앱에 표시된 코드를 입력하세요. 표시된 코드가 맞다면 휴대폰의 시계를 확인하거나, 연속된 코드 두 개를 이어서 입력하세요.
key-copied = 이 키는 복제되었을 수 있어 받아들이지 않았습니다. 다른 인증 수단을 사용하고 이 키를 교체하세요.
kind-not-allowed = 이 계정은 더 이상 이 종류의 인증 수단을 허용하지 않습니다. 다른 인증 수단을 사용하세요.
recovery-code-malformed = 복구 코드는 3-ABCD-EFGH-JKMN-PQRS와 같은 모양입니다.
recovery-code-wrong = 복구 코드가 아닙니다. 새 코드를 만들면 이전 코드는 쓸 수 없습니다.
recovery-code-used = 이미 사용한 복구 코드입니다. 다른 코드를 사용하세요.
mailed-code-malformed = 메일로 받은 코드는 숫자 8자리입니다.
mailed-code-wrong = 보내 드린 코드가 아닙니다. 가장 최근 메일을 확인하세요.
mailed-code-expired = 시간이 지난 코드입니다. 다시 보내기를 누르세요.
mailed-just-now = 방금 코드를 보냈습니다.
mails-open = 메일로 보낸 마지막 세 개의 코드를 아직 쓸 수 있습니다.
mailed-tries-spent = 틀린 코드를 너무 많이 입력했습니다.
locked-until-unlock = 이 계정의 소유자나 관리자가 잠금을 풀 수 있습니다.
wait-seconds =
    { $n ->
       *[other] { $n }초 뒤에 다시 시도하세요.
    }
wait-minutes =
    { $n ->
       *[other] { $n }분 뒤에 다시 시도하세요.
    }
app-or-recovery-code = 앱의 코드 또는 복구 코드
app-or-recovery-code-hint = 띄어쓰기와 하이픈은 상관없습니다.
step-up-title = 다시 한번 본인 확인
step-up-lead = 지금 하려는 작업에는 10분 이내에 확인한 2차 인증이 필요합니다.
step-up-enrol-first = 2차 인증이 필요한 작업인데 아직 설정되어 있지 않습니다. 먼저 설정하면 계속할 수 있습니다.

# Enrolment: names
factor-name = 이름을 정하세요
factor-name-hint = 목록에서 알아볼 수 있는 이름입니다. 예: ‘휴대폰’, ‘비밀번호 관리자’
enrol-name-example = 휴대폰
factor-name-taken = 다른 인증 수단이 이미 이 이름을 쓰고 있습니다. 다른 이름을 고르세요.
name-wrong = 이름은 1~100자입니다.
enrol-will-mail = 비밀번호만 아는 사람이 설정하지 못하도록 { $v }(으)로 코드를 보냅니다.
enrol-anew = 처음부터 다시

# Switching off
switch-off-title = 2차 인증을 끌까요?
switch-off-lead = 이제부터 비밀번호만 알면 누구나 들어올 수 있습니다. 복구 코드와 신뢰하는 기기는 더 이상 쓸 수 없고 다른 세션은 모두 끝납니다.
unknown-browser = 알 수 없는 브라우저

# What was just done
said-signed-out = 로그아웃했습니다.
said-session-ended = 세션이 끝났습니다. 계속하려면 다시 로그인하세요.
said-session-expired = 세션 시간이 끝났습니다. 계속하려면 다시 로그인하세요.
said-ended-by-password = 비밀번호가 변경되어 세션이 끝났습니다. 새 비밀번호로 로그인하세요. 본인이 바꾸지 않았다면 “비밀번호를 잊으셨습니까?”를 선택하세요.
said-ended-by-guesses = 비밀번호 뒤에 잘못된 코드가 너무 많이 입력되어 세션이 끝났습니다. “비밀번호를 잊으셨습니까?”에서 새 비밀번호를 정하세요.
said-ended-by-factor = 2단계 인증이 설정, 제거 또는 재설정되어 세션이 끝났습니다. 계속하려면 다시 로그인하세요.
said-ended-by-role = 역할이 변경되어 세션이 끝났습니다. 계속하려면 다시 로그인하세요.
said-ended-by-address = 팀이 이메일 주소를 바꾸어 세션이 끝났습니다. 새 주소로 로그인하세요.
said-ended-and-back = 다시 로그인할 수 있게 되었습니다. 메일로 받은 링크를 열어 새 비밀번호를 정한 뒤 로그인하세요.
said-sign-in-over = 로그인 시도가 끝났습니다. 시간이 지났거나 이미 완료되었습니다. 비밀번호부터 다시 시작하세요.
said-password-again = 2차 인증이 꺼져 있어 비밀번호를 다시 확인합니다.
said-code-mailed = 코드를 다시 보냈습니다.
said-enrolled = 새 2차 인증 수단을 설정했습니다.
said-codes-kept = 2차 인증이 켜졌습니다. 복구 코드는 찾을 수 있는 곳에 보관하세요.
said-factor-removed = 인증 수단을 삭제했습니다.
said-distrusted = 이제 그 기기에서도 코드를 묻습니다.
said-lost = 기기를 분실로 신고했습니다. 세션이 모두 끝났고 이제 모르는 기기로 취급합니다.
said-ended = 세션을 끝냈습니다.
said-several-ended = 세션을 모두 끝냈습니다.
said-others-ended = 다른 세션을 모두 끝냈습니다.
said-switched-off = 2차 인증이 꺼졌습니다.
said-confirmed = 확인했습니다.
said-trusted = 로그인했으며 이 기기를 신뢰합니다.
said-saved = 정책을 저장했으며 지금부터 적용됩니다.
said-unchanged = 바뀐 것이 없습니다.
said-disabled = 2차 인증을 끄고 모든 사람을 초기화했습니다. 비밀번호로 로그인하세요.
said-enabled = 2차 인증을 켰습니다. 모두 새로 설정합니다.
said-suspended = 2차 인증을 일시 중지했습니다. 아무에게도 코드를 묻지 않습니다.
said-resumed = 2차 인증을 다시 시작했습니다.
said-invited = 초대 메일을 보냈습니다.
said-was-reset = 2차 인증을 초기화했습니다. 다른 사람에게는 영향이 없습니다.
said-unlocked = 잠금을 풀었습니다.

# What stands in the way
error-link = 더 이상 쓸 수 없는 링크입니다
error-link-advice = 한 번만, 정해진 시간 동안만 쓸 수 있으며 새 링크를 만들면 무효가 됩니다. 보낸 분께 새 링크를 요청하세요. 이미 비밀번호를 정했다면 바로 로그인하세요.
error-locked = 틀린 시도가 너무 많습니다.
error-enrolment-closed = 지금은 2차 인증을 설정할 수 없습니다
error-enrolment-closed-advice = 이 계정은 2차 인증이 꺼져 있습니다. 소유자가 정책에서 다시 켤 수 있습니다.
error-exempted = 면제 기간에는 할 수 없습니다
error-exempted-advice = 이 계정의 소유자나 관리자가 한동안 2차 인증 없이 들어올 수 있게 했으며, 그동안에는 2차 인증을 설정할 수 없습니다. 면제는 저절로 끝나거나 그들이 끝냅니다.
own-exempt = { $v }까지 2차 인증을 묻지 않으며, 그때까지는 설정할 수 없습니다. 이 계정의 소유자나 관리자가 먼저 끝낼 수 있습니다.
error-last-factor = 마지막 인증 수단입니다
error-last-factor-advice = 삭제하기 전에 다른 인증 수단을 추가하거나 2차 인증을 끄세요.
error-required = 이 계정은 2차 인증이 필수입니다
error-required-advice = 다른 인증 수단을 추가한 뒤 이것을 삭제할 수는 있지만, 하나도 없을 수는 없습니다.
error-ticket = 관리자의 승인이 필요합니다
error-ticket-advice = 이전 인증 수단이 다른 사람 손에 들어갔을 수 있습니다. 이 계정의 소유자나 관리자에게 등록 승인을 요청하세요.
error-too-many-factors = 더 이상 인증 수단을 추가할 수 없습니다
error-too-many-factors-advice = 쓰지 않는 것을 삭제하세요.
error-switch = 이미 그 상태입니다
error-switch-advice = 다른 사람이 먼저 바꾸었습니다. 정책 페이지를 다시 확인하세요.

# People: invitations, help
invite = 초대
invite-title = 사람 초대
invite-lead = 7일 동안 한 번만 쓸 수 있는 링크를 메일로 받아 직접 비밀번호를 정합니다.
invite-send = 초대 보내기
email-wrong = ada@example.com과 같은 주소가 아닙니다.
email-same = 이미 사용 중인 주소입니다. 다른 주소를 입력하세요.
email-taken = 이 계정에서 이미 사용 중인 주소입니다.
email-taken-fix = 이 계정에서 이미 사용 중인 주소입니다. 먼저 그 사람의 주소를 바꾸거나, 잘못 초대한 사람이면 삭제하십시오.
email-kept = 얼마 전까지 다른 사람이 쓰던 주소라서 그 사람을 위해 보관되어 있습니다. 그 사람의 주소라면 그 사람의 주소를 바로잡으십시오.
unlock = 잠금 해제
reset = 초기화
history = 로그
show-all = 전체 보기
save = 저장
role-takes-two = 소유자의 역할은 다른 소유자가 승인한 뒤에, 승인할 사람이 없으면 72시간 뒤에 바뀝니다.
reason-owner = 사유(다른 소유자의 동의가 필요한 경우 필수)
reason-optional = 사유 (감사 로그를 볼 수 있는 모든 사람에게 표시됩니다)
reason-wrong = 사유는 1~500자입니다.
changed-meanwhile = 그사이에 바뀌었습니다. 지금 상태를 보고 다시 결정하세요.
erased-person = 삭제된 사람
erased-person-on = { $v }에 삭제된 사람
confirm-unlock-title = 이 사람의 잠금을 풀까요?
confirm-unlock = 잠금 해제
effect-reset-factors = 인증 앱, 복구 코드, 신뢰하는 기기를 즉시 쓸 수 없게 되고 세션이 끝납니다.
effect-reset-again = 비밀번호와 메일로 받은 코드로 2차 인증을 다시 설정합니다.
effect-reset-only = 다른 사람에게는 영향이 없습니다.
effect-told = 본인에게 메일로 알립니다.
effect-unlock = 틀린 시도로 생긴 비밀번호와 코드의 잠금과 대기가 모두 풀립니다.
effect-unlock-factors = 2차 인증은 그대로입니다.
effect-resume = 2차 인증이 있던 사람은 다시 코드를 입력합니다.
effect-resume-sessions = 그동안 코드 없이 연 세션은 끝납니다.
effect-enable = 모두 처음부터 시작합니다. 2차 인증이 있던 사람도 다시 설정합니다.

# Rules behind a state
state-off = 꺼짐
rule-has-factor = 2차 인증을 설정함
rule-policy-requires = 정책상 필수
rule-grace = 필수이나 유예 기간 중
rule-kind-not-allowed = 허용된 종류의 인증 수단이 없음
rule-policy-optional = 정책상 선택
rule-account-suspended = 계정에서 일시 중지됨
rule-account-disabled = 계정에서 꺼짐
rule-hard-cap = 틀린 시도가 너무 많음
in-force-required = 2차 인증 필수
in-force-optional = 2차 인증 선택
in-force-every-sign-in = 로그인할 때마다 확인
in-force-trust =
    { $n ->
       *[other] 기기를 { $n }일 동안 신뢰
    }
everyone = 모두
population = 대상
as-of-time = 시각 ({ $v })
as-of-wrong = 날짜나 시각이 아닙니다.
as-of-needs-day = 날짜도 선택하세요.
as-of-future = 아직 오지 않은 때입니다.
as-of-before = 그때는 계정이 없었습니다.
as-of-no-event = 그 번호의 이벤트가 없습니다.
after-event = 이벤트 { $n } 이후
trusted-devices = 신뢰하는 기기

# Policy
policy-required = 2차 인증 필수
policy-people =
    { $n ->
       *[other] { $n }명.
    }
policy-without =
    { $n ->
       *[other] { $n }명이 아직 설정하지 않음.
    }
policy-enrolled =
    { $n ->
       *[other] { $n }명이 2차 인증을 설정했습니다.
    }
policy-grace = 유예 일수
policy-grace-hint = 기본값 { $n }. 본인에게 필수가 된 뒤 이 기간에는 설정하지 않은 사람도 로그인할 수 있으며, 나중에 대상이 된 사람에게도 같은 기간을 줍니다. 0~90.
policy-trust = 기기를 신뢰하는 일수
policy-trust-hint = 기본값 { $n }. 신뢰하는 기기에서 코드를 묻지 않는 기간입니다. 0이면 매번 묻고, 최대 365.
policy-stay = 비밀번호 없이 로그인을 유지하는 일수
policy-stay-hint = 기본값 { $n }. 본인이 원하면 이 기간에는 브라우저를 닫아도 세션이 끝나지 않습니다. 0~90.
policy-idle = 사용하지 않는 세션이 끝나는 시간(분)
policy-idle-hint = 기본값 { $n }. 5~43200(30일).
policy-lifetime = 모든 세션이 끝나는 시간(시간)
policy-lifetime-hint = 기본값 { $n }. 1~720(30일).
policy-number = 정수를 입력하세요.
policy-range = { $v }~{ $w } 사이여야 합니다.
policy-switch-owner = 소유자, 또는 소유자가 허용한 경우 관리자만 바꿀 수 있습니다.

# Audit log
log-cause = 이벤트 { $n } 때문에
log-device = 기기
log-stream = 스트림
log-stream-account = 계정
log-stream-user = 사람
log-stream-device = 기기
log-stream-reading = 누가 무엇을 읽었는지
log-no-device = 이런 ID의 기기는 없습니다. dev_로 시작합니다.
log-nobody = 그런 주소나 ID를 가진 사람이 없습니다.
log-reset-people = 초기화된 사람
log-reset-more = 외 { $n }명
actor-anonymous = 로그인하지 않은 사람
actor-operator = 서버 운영자
actor-system = 서버
told-people =
    { $n ->
       *[other] { $n }명
    }
told-refused-unknown =
    { $n ->
       *[other] 알 수 없는 주소로 { $n }건
    }
told-refused-locked =
    { $n ->
       *[other] 잠긴 사용자로 { $n }건
    }
told-until = { $v }까지
told-wait = 다음 시도 가능 시각 { $v }
told-drift = 시계 오차 { $v } 단계
changed-nothing = 없음
changed-two-factor = 2차 인증
changed-drift = 시계 오차 단계
changed-exempt-until = 예외 종료
told-in-a-row =
    { $n ->
       *[other] 연속 { $n }번
    }
told-tries-left =
    { $n ->
       *[other] { $n }번 남음
    }
told-values =
    { $n ->
       *[other] { $n }개의 값을 영구히 읽을 수 없음
    }
told-letter = 메시지 “{ $v }”
told-reply = 상대 시스템의 응답 { $n }
told-attempts = { $n }번 시도
told-tokens =
    { $n ->
       *[other] 토큰 { $n }개
    }
told-by-disable = 계정 전체에서 끌 때
told-by-staff = 담당자가 직접

# Each event in words
event-AccountOpened = 계정 개설
event-PolicyChanged = 정책 변경
event-AccountTwoFactorDisabled = 모두의 2차 인증을 끔
event-AccountTwoFactorEnabled = 계정의 2차 인증을 켬
event-AccountTwoFactorSuspended = 2차 인증 일시 중지
event-AccountTwoFactorResumed = 2차 인증 재개
event-ResetFanOutCompleted = 예고한 초기화를 모두 완료
event-SignInsRefused = 계정에 집계되지 않은 로그인 거부
event-OperatorActed = 운영자가 이 계정에서 작업함
event-UserRegistered = 사용자 추가
event-LinkIssued = 일회용 링크 생성
event-LinkRedeemed = 일회용 링크 사용
event-EmailVerified = 이메일 주소 확인
event-PasswordSet = 비밀번호 설정
event-PasswordAccepted = 틀린 뒤 올바른 비밀번호 입력
event-PasswordRejected = 틀린 비밀번호
event-MailedCodeIssued = 코드 메일 발송
event-MailedCodeAccepted = 메일 코드 확인
event-MailedCodeRejected = 메일 코드 거절
event-FactorEnrolmentStarted = 인증 수단 설정 시작
event-FactorConfirmed = 인증 수단 확인
event-TwoFactorEnabled = 2차 인증 켬
event-RecoveryCodesGenerated = 복구 코드 생성
event-RecoveryCodesRegenerated = 복구 코드 재생성
event-OtpAccepted = 코드 확인
event-RecoveryCodeUsed = 복구 코드 사용
event-FactorDriftFound = 인증 수단의 시계 오차 확인
event-SmsCodeIssued = SMS 코드 발송
event-SmsCodeAccepted = SMS 코드 승인
event-AssertionAccepted = 보안 키 또는 패스키 승인
event-RecoveryCodesLow = 복구 코드가 얼마 남지 않음
event-RecoveryCodesExhausted = 복구 코드를 모두 사용
event-ProofRejected = 2차 인증 거절
event-ProofCameLate = 너무 늦게 제시된 코드
event-PasswordChangeDemanded = 비밀번호 변경 요구됨: 잘못된 코드 열 번
event-LockedOut = 틀린 시도가 너무 많아 잠김
event-Unlocked = 잠금 해제
event-FactorRemoved = 인증 수단 삭제
event-FactorRenamed = 인증 수단 이름 변경
event-FactorPreferred = 먼저 요청할 인증 수단 선택
event-TokenAssigned = 하드웨어 토큰 배정
event-TokenWithdrawn = 하드웨어 토큰 회수
event-TwoFactorDisabled = 본인이 2차 인증을 끔
event-TwoFactorReset = 2차 인증 초기화
event-DeviceReportedLost = 기기 분실 신고
event-MessageSent = 메시지 보냄
event-MessageFailed = 메시지 전달 실패
event-DeliveryTroubleRaised = 메시지가 도착하지 않음을 소유자와 관리자에게 알림
event-OutageRaised = 한 수단으로 아무것도 나가지 않음을 소유자와 관리자에게 알림
event-BudgetSpent = 하루 메시지 한도를 다 씀
event-PersonErased = 사용자 삭제
event-DeviceRegistered = 새 기기
event-SignInStarted = 로그인 시작: 첫 번째 요소가 맞았거나 프로그램이 보증함
event-SignInCompleted = 로그인 완료
event-SessionStarted = 세션 시작
event-SessionSteppedUp = 2차 인증으로 세션 재확인
event-SessionRenewed = 자격 증명 변경 후 세션 갱신
event-SessionActive = 세션 사용 중
event-SessionEnded = 세션 종료
event-DeviceTrusted = 기기를 신뢰함
event-DeviceTokenRotated = 기기를 다시 확인함
event-DeviceDistrusted = 기기를 더 이상 신뢰하지 않음

# Values of events
value-mail = 이메일
value-sms = SMS
value-unreachable = 상대 시스템에 연결할 수 없음
value-not-secure = 올바른 메일 서버와 암호화된 연결을 맺을 수 없음
value-bad-address = 보낼 수 없는 주소
value-no-transport = 보낼 수단이 설정되지 않음
value-person-budget = 오늘 이 사람에게 보낸 메시지가 너무 많음
value-account-budget = 오늘 이 계정에서 보낸 메시지가 너무 많음
value-country-budget = 오늘 이 국가로 보낸 메시지가 너무 많음
value-unreadable = 저장된 메시지를 읽을 수 없음
value-complete = 통과
value-challenge = 코드 요청
value-enrol = 먼저 설정해야 함
value-enrolled = 2차 인증 있음
value-new-device = 새 기기
value-device-trusted = 신뢰하는 기기
value-trust-ended = 신뢰 기간 종료
value-not-trusted = 신뢰하지 않는 기기
value-every-sign-in = 매번 확인
value-required-not-enrolled = 필수이나 없음
value-in-grace = 유예 기간 중
value-provider-only = ID 제공자로만 로그인
value-optional-not-enrolled = 선택이며 없음
value-account-suspended = 계정에서 일시 중지됨
value-account-disabled = 계정에서 꺼짐
value-password = 비밀번호
value-trust = 신뢰하는 기기, 코드 없음
value-otp = 앱의 코드
value-recovery-code = 복구 코드
value-totp = 인증 앱
value-token = 하드웨어 토큰
value-webauthn = 보안 키 또는 패스키
value-sms-code = SMS 코드
value-assertion = 보안 키 또는 패스키
value-csv = CSV 파일
value-pskc = PSKC 파일
value-full = 모든 작업
value-enrolment = 설정 전용
value-signed-out = 로그아웃
value-ended-by-user = 본인이 종료
value-ended-by-staff = 담당자가 종료
value-device-lost = 기기 분실 신고
value-token-replayed = 복제된 토큰이 사용됨
value-displaced = 새 세션으로 교체됨
value-person-erased = 사용자 삭제
value-revoked-by-user = 본인이 해제
value-revoked-by-staff = 담당자가 해제
value-wrong = 틀림
value-replayed = 이미 사용됨
value-counter-back = 카운터가 되돌아감: 복제 가능성
value-not-allowed = 더 이상 허용되지 않는 종류
value-expired = 시간 만료
value-void = 근거가 되던 것이 바뀜
value-closed = 이미 응답했거나 요청한 적 없음
value-second-factor = 2차 인증
value-mailed-code = 메일 코드
value-invitation = 초대
value-set-up = 사용 준비
value-sign-in = 로그인
value-step-up = 세션 재확인
value-confirm = 인증 수단 설정
value-disable = 끄기

event-PolicyScheduled = 정책 적용 예약됨
event-PolicyScheduleCancelled = 예약된 정책 취소됨
event-OwnerFloorChanged = 소유자 하한 변경됨
event-ProfileChosen = 규칙 프로필 선택됨
event-GovernanceChanged = 이중 통제 규칙 변경됨
event-AccountSettingsChanged = 계정 설정 변경됨
event-GroupCreated = 그룹 생성됨
event-GroupRenamed = 그룹 이름 변경됨
event-GroupDeleted = 그룹 삭제됨
event-ClientRegistered = 프로그램 등록됨
event-ClientRemoved = 프로그램 제거됨
event-ClientTokenIssued = 프로그램에 API 토큰 발급됨
event-ClientTokenRevoked = 프로그램의 API 토큰 종료됨
event-ForeignPasswordsArrived = 다른 시스템의 비밀번호를 가진 사람들이 들어옴
event-ForeignPasswordsGone = 그 다른 시스템의 비밀번호를 가진 사람이 더는 없음
event-HardwareTokensImported = 하드웨어 토큰 가져오기
event-ApprovalRequested = 작업이 승인을 기다림
event-ApprovalUsed = 작업이 승인되어 실행됨
event-ApprovalCancelled = 대기 중이던 작업 취소됨
event-SandboxClockSet = 샌드박스 시계 설정됨
event-AccountClosed = 계정 폐쇄됨
event-TwoFactorResetScheduled = 2차 인증 초기화 요청됨
event-TwoFactorResetCancelled = 대기 중이던 초기화 취소됨
event-ExemptionGranted = 2차 인증 한시적 면제
event-ExemptionEnded = 면제 조기 종료됨
event-EnrolmentTicketIssued = 등록 티켓 발급됨
event-EnrolmentTicketRejected = 등록 티켓 거부됨
event-EnrolmentTicketUsed = 등록 티켓 사용됨
event-FactorClaimed = 가져온 인증기(아직 확인되지 않음)
event-PasswordClaimed = 비밀번호 해시 가져옴
event-PasswordRehashed = 가져온 비밀번호 확인 후 다시 저장됨
event-EmailChangeRequested = 새 이메일 주소 확인 대기
event-HelpRefused = 도움 거부됨
event-EmailChangeCancelled = 이메일 변경 중단됨
event-EmailChanged = 이메일 주소 변경됨
event-UserRenamed = 이름 변경됨
event-LanguageChanged = 언어 변경됨
event-RoleChanged = 역할 변경됨
event-GroupsChanged = 그룹 변경됨
event-UserDeactivated = 사용자 비활성화됨
event-UserReactivated = 사용자 다시 활성화됨
event-IdentityProviderLinked = ID 공급자 연결됨
event-IdentityProviderUnlinked = ID 공급자 연결 해제됨
event-ApiTokenIssued = API 토큰 발급됨
event-ApiTokenRevoked = API 토큰 종료됨
event-PasswordAccessUsed = API에 비밀번호 사용됨
event-SessionReauthorised = 앱 재인증됨
event-DataRead = 다른 사람의 데이터 조회됨
event-DataExported = 다른 사람의 데이터를 파일로 내려받음
event-ReportOrdered = 보고서 파일 요청됨
event-ReportPrepared = 보고서 파일 준비됨
event-ReportGivenUp = 보고서 파일을 만들지 못함
event-ReportWithdrawn = 보고서 파일 회수됨
event-ApiTokenUsed = API 토큰 사용됨
told-after-wait = 초기화가 요청되었고 대기 기간 동안 이의 없음
told-matures = { $v } 이후
state-deactivated = 비활성화됨
rule-identity-provider = ID 공급자로 로그인
rule-exemption = 한시적 면제
rule-deactivated = 로그인할 수 없음
rule-erased = 삭제됨
value-exempted = 한시적 면제
value-kind-not-allowed = 더 이상 허용되지 않는 종류의 인증 수단뿐
value-asserted = 프로그램이 첫 번째 인증을 보증함
value-password-reset = 비밀번호 분실
value-email-objection = 주소를 지키는 링크
value-email-change = 주소 변경
value-verification = 주소 확인
value-allowed = 허용됨
value-warned = 경고와 함께 허용됨
value-refused = 거부됨
value-disable-account = 모두에게 끄기
value-suspend-account = 모두에게 일시 중지
value-reset-owner = 소유자 초기화
value-exempt-owner = 소유자 면제
value-erase-person = 사람 삭제
value-grant-owner = 소유자 지정
value-demote-owner = 소유자의 역할 변경
value-deactivate-owner = 소유자 비활성화
value-help-exemption = 면제
value-help-ticket = 등록 티켓
value-help-grant = 복구 코드
value-help-reset = 2차 인증 초기화
value-help-unlock = 잠금 해제
value-help-address = 다른 주소
value-help-provider = 외부 ID 제공자 로그인
value-help-provider-end = 외부 ID 제공자 로그인 해제
value-help-token = 하드웨어 토큰
value-help-vouch = 복귀 보증
value-help-freeze = 동결
value-help-stop = 복구 중단
value-help-sessions = 세션 또는 기기 종료
value-help-invitation = 다시 초대
value-help-return = 비활성 해제
value-customer = 거부: 고객이거나 얼마 전까지 고객이었음
value-outranked = 거부: 그 역할로는 할 수 없음
value-spent = 거부: 일정 시간에 도울 수 있는 사람 수를 다 씀
value-transfer-ownership = 소유권 이전
value-close-account = 계정 폐쇄
value-read-account = 계정 읽기
value-read-people = 사람 읽기
value-read-status = 보고서 읽기
value-read-audit = 감사 로그 읽기
value-export = 내보내기
value-manage-end-users = 최종 사용자 관리
value-assert-sign-in = 첫 번째 인증 보증
value-assert-trust = 신뢰 기기 인정

approvals-title = 승인 대기
approvals-lead = 두 번째 소유자나, 팀 전체에 알리는 대기 시간이 필요한 일입니다. 아직 아무 일도 일어나지 않았습니다.
approvals-none = 기다리는 일이 없습니다.
approvals-from = 실행할 수 있는 시각
approvals-overtaken = 더 이상 유효하지 않습니다. 요청한 사람의 권한이나 상황이 바뀌었습니다.
approve = 승인하고 실행
carry-out = 실행
cancel-request = 취소
said-reset-later = 초기화는 72시간을 기다립니다. 본인에게 알렸으며 거부할 수 있습니다.
said-waits = 두 번째 소유자나 시간을 기다립니다. 관련된 사람에게 메일로 알렸습니다.
said-carried-out = 실행되었습니다.
said-cancelled = 취소되었습니다. 아무 일도 일어나지 않았습니다.
said-factor-kept = 초기화가 취소되었습니다. 2차 인증 수단은 그대로입니다.
ticket-wrong = 이 티켓이 아닙니다. 다섯 번 틀리면 무효가 됩니다.
ticket-over = 열려 있는 등록 티켓이 없습니다. 관리자에게 새 티켓을 요청하세요.
compromise-fresh = 이전 인증 수단이 다른 사람의 손에 있었습니다. 역할이 바뀐 뒤 72시간이 지나야 새로 설정할 수 있습니다.
ticket-needed = 침해가 의심된 뒤에는 새 인증 앱에 등록 티켓이 필요합니다. 관리자에게 요청하세요.
enrol-step-ticket = 등록 티켓 입력
enrol-ticket-text = 관리자가 알려 준 16자리 문자와 숫자입니다.
mailed-code-or-ticket = 메일 코드 또는 등록 티켓
value-change-governance = 이중 통제 대상 축소
event-StaffResetAsked = 고객 초기화 요청됨
event-HelpCharged = 도움 횟수에 계산됨
reset-waiting = 담당자가 2차 인증 수단의 초기화를 요청했습니다. 적용 시각:
keep-factor = 2차 인증 수단 유지
reset-compromise = 2차 인증 수단이 다른 사람 손에 있을 수 있음: 등록 티켓으로만 새로 설정
forgot = 비밀번호를 잊으셨습니까?
forgot-title = 새 비밀번호
forgot-lead = { $v }에 로그인할 때 쓰는 주소를 입력하십시오. 그 주소를 쓰는 사람이 있으면 링크를 보냅니다.
forgot-send = 링크 받기
said-reset-asked = 이 주소를 쓰는 사람이 있으면 메시지를 보냈습니다.
said-password-set = 새 비밀번호를 정했습니다. 그 비밀번호로 로그인하십시오.
said-email-asked = 새 주소로 링크를 보냈습니다. 링크를 쓰기 전에는 바뀌지 않습니다.
said-email-kept = 주소가 그대로 유지됩니다. 다른 사람이 다른 주소를 요청했다면 비밀번호를 바꾸십시오.
said-email-changed = 새 주소를 확인했습니다. 그 주소로 로그인하십시오.
said-email-taken = 이미 쓰이는 주소입니다. 아무것도 바뀌지 않았습니다.
said-role-changed = 역할이 바뀌었고 세션이 끝났습니다.
said-deactivated = 더 이상 로그인할 수 없습니다.
said-reactivated = 링크를 보냈습니다. 그 링크로 비밀번호를 정합니다.
new-password-title = 새 비밀번호를 정하십시오
new-password-lead = 이 링크로 { $v }의 { $w } 비밀번호를 바꿉니다. 2차 인증 수단은 그대로이며 로그인할 때 묻습니다.
keep-address-title = 주소 지키기
keep-address-lead = { $v }의 { $w }에서 다른 주소가 요청되었습니다. 본인이 아니라면 이 주소를 지키십시오. 변경이 중단됩니다.
keep-address = 이 주소 지키기
confirm-address-title = 새 주소를 확인하십시오
confirm-address-lead = 그때부터 { $v }의 { $w }에 이 주소로 로그인합니다. 이전 주소에 알립니다.
confirm-address = 이 주소 확인
unverified = 확인되지 않은 주소
new-email = 새 이메일 주소
new-email-hint = 새 주소로 링크를, 지금 주소로 알림을 보냅니다.
new-email-send = 링크 보내기
role-hint = 역할을 바꾸면 세션과 기기 신뢰가 끝납니다.
role-change = 역할 바꾸기
invite-again-lead = 아직 비밀번호를 정하지 않았습니다. 새 링크를 보내면 이전 링크는 끝납니다.
invite-again = 초대 다시 보내기
deactivate-lead = 그때부터 비밀번호, 세션, 신뢰하는 기기, 토큰이 모두 작동하지 않습니다. 2차 인증 수단은 그대로입니다.
deactivate = 비활성화
reactivate-lead = 링크로 주소를 확인하고 비밀번호를 다시 정합니다.
reactivate = 다시 로그인하게 하기
error-last-owner = 마지막 소유자입니다
error-last-owner-advice = 먼저 다른 사람을 소유자로 정하십시오. 계정에는 로그인할 수 있는 소유자가 있어야 합니다.
error-below-floor = 소유자의 하한이 허용하지 않습니다
error-below-floor-advice = 지금 자리에서는 하한에 따라 2차 인증이 필요하지만 옮길 자리에서는 그렇지 않습니다. 소유자가 옮기거나 다른 하한을 정할 수 있습니다.
error-takes-two = 다른 소유자의 승인이 필요합니다
error-takes-two-advice = 소유자는 혼자서 정하거나 물러나게 할 수 없습니다.
# Previews, and the rest of the policy
confirm-place-title = 이 사람을 옮길까요?
confirm-policy-title = 이 정책을 저장할까요?
confirm-policy = 정책 저장
default-yes = 기본값: 예.
default-no = 기본값: 아니요.
policy-meant = 다음 사람에게만
policy-meant-hint = 기본값은 아무것도 선택하지 않는 것이며, 그러면 모두에게 요구합니다. 선택하면 이 역할이거나 이 그룹에 속한 사람에게 요구합니다.
policy-password = 2차 인증과 함께 쓰는 비밀번호의 글자 수
policy-password-hint = 기본값 { $n }. 2차 인증이 있거나 있어야 하는 사람이 지금부터 정하는 비밀번호에 적용됩니다. 8~64.
policy-password-alone = 단독 비밀번호의 글자 수
policy-password-alone-hint = 기본값 { $n }. 그 밖의 사람이 지금부터 정하는 비밀번호에 적용됩니다. 15~64.
policy-failures = 잠길 때까지 틀릴 수 있는 횟수
policy-failures-hint = 기본값 { $n }. 연속 횟수이며 알려진 기기와 낯선 기기를 따로 셉니다. 그 뒤에는 잠금 해제만 가능합니다. 5~50.
policy-trust-session = 세션과 함께 기기 신뢰 종료
policy-trust-session-hint = 세션 시간이 끝난 기기에서는 코드를 다시 묻습니다. 기기를 신뢰한 모든 사람에게 해당합니다.
policy-asserted = 제품이 첫 번째 인증을 확인할 수 있음
policy-asserted-hint = 해당 토큰을 가진 프로그램이 이 사람들의 로그인을 시작할 수 있습니다. 소유자는 제외됩니다.
policy-reauthorise = 앱을 열 때 잠금 해제
policy-reauthorise-hint = 앱이 PIN이나 생체 인증을 묻습니다. 앱을 쓰는 모든 사람에게 해당합니다.
policy-api = API에 이메일과 비밀번호 사용
policy-api-hint = 기본값: 허용. 2차 인증이 있거나 있어야 하는 사람은 제외됩니다. 누군가의 비밀번호를 쓰는 프로그램에 해당합니다.
policy-api-allowed = 허용
policy-api-until = 정해진 날까지 경고와 함께 허용
policy-api-off = 사용 안 함
policy-api-date = 언제까지(연-월-일)
policy-scheduled = { $v }부터 다른 정책이 적용됩니다.
policy-until-range = 앞으로 { $n }일까지만 정할 수 있습니다.
policy-cannot-be-met = 허용한 방법 중 이 설치에서 설정할 수 있는 것이 없습니다. 인증 앱이나 하드웨어 토큰도 허용하세요.
policy-below-floor = 소유자가 관리자에게 허용한 것보다 느슨합니다. 소유자는 저장하거나 다른 하한을 정할 수 있습니다.
groups-below-floor = 소유자의 하한에 따라 이 그룹에서는 이 사람에게 2차 인증이 필요합니다. 소유자가 그룹에서 빼거나 다른 하한을 정할 수 있습니다.
impact-nobody = 지금은 아무에게도 해당하지 않습니다.
impact-of = { $w }명 중 { $v }명
impact-more = 외 { $n }명
impact-prompts-same = 코드를 묻는 횟수는 그대로입니다.
impact-prompts-so-far = 지금까지의 로그인에서 코드를 { $v }번 물었고, 이 변경 아래에서는 { $w }번이었을 것입니다. 일주일이 안 되는 기록으로는 한 달을 내다볼 수 없습니다.
impact-prompts-since = { $v } 이후의 로그인으로 계산했습니다.
impact-reset = { $n }명의 2차 인증, 복구 코드, 신뢰한 기기가 초기화됩니다.
impact-enrol-now = { $n }명이 다음 로그인 때 2차 인증을 설정해야 합니다.
impact-enrol-later = { $n }명이 유예 기간 안에 설정해야 합니다.
impact-stuck = { $n }명은 잠겨 있거나 주소가 확인되지 않아 혼자서는 할 수 없습니다.
impact-trust = { $n }명은 신뢰한 기기에서 코드를 다시 입력해야 합니다.
impact-sessions = { $n }명의 세션이 종료됩니다.
impact-integrations = { $n }명의 비밀번호를 쓰는 프로그램이 API를 쓸 수 없게 됩니다.
impact-password = { $n }명의 비밀번호만으로 2차 인증 없이 API가 열립니다.
impact-unasked = { $n }명에게 더 이상 2차 인증을 묻지 않습니다.
impact-prompts-more = 한 달에 코드를 { $n }번 더 묻습니다.
impact-prompts-fewer = 한 달에 코드를 { $n }번 덜 묻습니다.

# 메시지와 그 결과
messages-title = 메시지
messages-lead = 이메일과 문자 메시지, 그리고 각각 보내졌는지 여부입니다. 내용은 보관하지 않습니다.
messages-none = 아직 메시지가 없습니다
waiting-then = 당시 대기 중이던 메시지는 표시되지 않습니다. 전송되거나 포기될 때까지만 보관되기 때문입니다.
message-queued = 대기 중
message-sent = 보냄
message-failed = 전달 실패
delivery-title = 메시지 전달
delivery-lead = 메시지가 세 번 이상 연달아 실패한 사람들입니다. 소유자와 관리자에게도 하루에 최대 한 번 이메일로 알립니다.
delivery-none = 모든 사람에게 메시지가 도착합니다
delivery-outage = { $v }: 누구에게도 메시지가 나가지 않음
delivery-until = 다시 나가는 때:
delivery-spent-person = 한 사람에게 하루에 보내는 만큼 다 보냄
delivery-spent-person-anybody = 주소를 아는 누구나 요청할 수 있는 메시지를 한 사람에게 하루에 보내는 만큼 다 보냄
delivery-spent-person-invited = 한 사람에게 하루에 보내는 만큼의 초대를 다 보냄
delivery-spent-account = 계정이 하루에 보내는 만큼 다 보냄
delivery-spent-account-anybody = 주소를 아는 누구나 요청할 수 있는 메시지를 계정이 하루에 보내는 만큼 다 보냄
delivery-spent-account-invited = 계정이 하루에 보내는 만큼의 초대를 다 보냄
delivery-spent-country = 계정이 국가 번호 +{ $v }(으)로 하루에 보내는 만큼 다 보냄
delivery-waiting = 메시지 { $n }건 대기 중, 가장 오래된 것:
delivery-since = 시작:
back = 돌아가기

told-as-of = { $v } 기준
told-searched = 단어로 검색함
told-and-more = 같은 시간 안에 같은 대상에 대해 더 조회함
told-report = { $v } 보고서
value-people = 사용자 목록
value-person = 한 사람의 상태
value-devices = 기기와 세션
value-sign-ins = 로그인
value-messages = 메시지
value-delivery = 메시지가 닿지 않는 사람
value-recoveries = 복구 사례
value-approvals = 승인을 기다리는 작업
value-integrations = 프로그램과 토큰
value-stock = 하드웨어 토큰
value-report-jobs = 다른 사람이 파일로 가진 보고서
value-redefined = 그사이 보고서의 정의가 바뀜
value-unanswerable = 질문에 더 이상 답이 없음
value-given-up = 너무 여러 번 시작됨
value-lost-right = 요청한 사람에게 더 이상 권한이 없음
value-name-erased = 파일에 이름이 있을 수 있는 사람이 삭제됨; 다시 요청하세요
value-cancelled = 취소됨
told-file-rows = { $n }행
told-file-bytes = { $n }바이트
value-forecast = 요건을 충족하지 못할 사람 예측
value-preview = 변경의 영향을 받을 사람
value-what-if = 기록된 로그인에 다른 정책을 적용한 결과
value-events = 감사 로그
value-event-stream = 실시간 감사 로그
log-words = 당시 이름 또는 주소
log-by-cause = 원인
log-at-event = 이 이벤트 직후
log-take = 이 이벤트를 파일로 받기:
log-cause-wrong = staff, replayed 같은 로그의 단어입니다.
log-too-many = 해당하는 사람이 너무 많습니다. 더 자세히 입력하세요.
files-title = 내 파일
files-about = 백그라운드에서 준비하도록 요청한 보고서입니다. 파일은 일주일 동안 본인만 받을 수 있고, 받은 사실이 기록됩니다.
files-none = 파일이 없습니다. 보고서 페이지에서 요청하세요.
file-ordered-at = 요청
file-until = 기한
file-rows = 작성된 행
file-take = 파일 받기
file-cancel = 취소
file-discard = 버리기
file-form = 파일 형식
file-prepare = 백그라운드에서 준비
file-queued = 대기 중
file-running = 작성 중
file-ready = 준비됨
file-failed = 작성 못 함
file-cancelled = 취소됨
file-withdrawn = 회수됨
file-expired = 기한 지남
said-file-ordered = 파일을 준비하고 있습니다. 준비되면 메일로 알려 드립니다.
said-file-cancelled = 파일을 취소했습니다.
