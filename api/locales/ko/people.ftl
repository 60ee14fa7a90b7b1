# 메뉴
menu-programs = 프로그램
menu-settings = 설정

# 사용자: 목록과 한 사람
group = 그룹
import = 가져오기
person-details = 기본 정보
person-end = 이용 종료
fact-no-password = 아직 비밀번호를 정하지 않았습니다.
fact-password-claimed = 비밀번호가 다른 시스템의 해시로 들어왔고 여기서 한 번도 쓰이지 않았습니다. 주장일 뿐 확인되지 않았습니다.
fact-factor-claimed = 인증 앱이 다른 시스템에서 들어왔고 여기서 코드가 한 번도 확인되지 않았습니다. 주장일 뿐 확인되지 않았습니다.
email-keep = 변경 중단
email-waits-at = { $v }(으)로 보낸 링크가 아직 사용되지 않았습니다.
email-waits = 새 주소로 링크를 보냈으며 아직 사용되지 않았습니다.
role-new = 새 역할
owner-lead = 소유자는 두 사람이 정합니다. 다른 소유자가 승인하거나, 다른 소유자가 없으면 팀에 알린 뒤 72시간이 지나야 합니다.
make-owner = 소유자로 지정
make-owner-title = 이 사람을 소유자로 지정할까요?
transfer = 소유권 넘기기
transfer-title = 이 사람에게 소유권을 넘길까요?
effect-make-owner = 이 계정에서 나와 똑같이 모든 일을 할 수 있게 됩니다.
effect-role-sessions = 바뀌는 즉시 그 사람의 세션, 신뢰하는 기기, API 토큰이 끝납니다.
effect-takes-two = 다른 소유자가 승인하면, 없으면 72시간 뒤에 이루어집니다. 그때까지 권한 있는 사람이 취소할 수 있습니다.
effect-transfer = 그 사람이 소유자가 됩니다.
effect-transfer-you = 나는 관리자가 되며, 내 세션과 토큰도 끝납니다.
erase = 영구 삭제
erase-lead = 되돌릴 수 없습니다. 그 사람의 키를 없애므로 로그에 남은 개인 정보를 아무도 다시 읽을 수 없습니다.
erase-title = 이 사람을 영구 삭제할까요?
effect-erase = 이름, 주소, 기기, 그 사람에 관한 모든 사유를 즉시, 영원히 읽을 수 없게 됩니다. 주소는 다시 쓸 수 있습니다.
effect-erase-proofs = 일이 있었다는 사실은 로그에 남습니다. 과거의 집계와 보고서는 이름만 빠진 채 그대로입니다.
effect-erase-final = 아무도 되돌릴 수 없습니다. 돌아올 수 있는 사람이라면 비활성화하십시오.
providers = ID 공급자
providers-hint = 공급자로만 로그인하는 사람에게는 여기서 2차 인증을 묻지 않습니다. 기본값: 없음. 바뀔 때마다 본인에게 메일로 알립니다.
provider = 공급자
provider-hint = google, saml, jwt 같은 짧은 이름입니다.
provider-wrong = 공급자 이름은 a–z, 0–9, 붙임표로 1~40자입니다.
provider-linked = 이미 이 공급자에 연결되어 있습니다. 먼저 연결을 끊으십시오.
provider-too-many = 공급자는 최대 { $n }개까지 연결할 수 있습니다. 먼저 하나를 끊으십시오.
subject = 공급자에서의 식별자
subject-hint = 공급자가 그 사람을 알아보는 주체(subject)입니다.
subject-wrong = 식별자는 1~255자입니다.
subject-taken = 여기의 다른 사람이 공급자에서 같은 식별자를 쓰고 있습니다.
link = 연결
unlink = 연결 끊기
said-linked = 이 공급자로 로그인할 수 있습니다. 본인에게 메일로 알렸습니다.
said-unlinked = 더 이상 이 공급자로 로그인할 수 없습니다. 세션이 끝났습니다.
said-person-saved = 저장했습니다.
said-erased = 이 사람을 영구 삭제했습니다.
error-last-way-in = 유일한 로그인 방법입니다
error-last-way-in-advice = 먼저 초대하여 비밀번호를 정하게 한 뒤 공급자 연결을 끊으십시오.
error-not-waiting = 초대할 필요가 없습니다
error-not-waiting-advice = 비밀번호가 있거나 공급자로 로그인합니다.
error-mailed-just-now = 방금 메일을 보냈습니다
error-mailed-just-now-advice = 1분 뒤에 다시 보내십시오.

# 그룹
groups-title = 그룹
groups-lead = 그룹은 일부 사람에게만 적용하는 정책과 사람 찾기에 씁니다. 그룹 이름은 로그에 그대로 남으므로 개인 정보를 쓰지 마십시오.
groups-empty = 아직 그룹이 없습니다.
groups-none = 아직 그룹이 없습니다. “그룹” 페이지에서 만듭니다.
groups-gone = 이 그룹 가운데 하나가 더 이상 없습니다.
groups-too-many = 한 사람은 최대 { $n }개 그룹에 속할 수 있습니다.
group-people =
    { $n ->
        [0] 아무도 없습니다.
       *[other] { $n }명이 있습니다.
    }
group-how = 사람을 그룹에 넣고 빼는 일은 그 사람의 페이지에서 합니다.
group-all = 이 그룹의 모든 사람
group-new = 새 그룹
group-make = 그룹 만들기
group-rename = 이름 바꾸기
group-name-hint = 1~80자, 다른 그룹과 달라야 합니다.
group-name-wrong = 이름은 제어 문자 없이 1~80자입니다.
group-name-taken = 이 이름의 그룹이 이미 있습니다.
group-too-many = 계정에는 그룹이 최대 { $n }개 있을 수 있습니다.
group-in-policy = 정책이 이 그룹을 가리키는 동안에는 삭제할 수 없습니다. 먼저 정책을 바꾸십시오.
group-delete = 그룹 삭제
group-delete-title = 이 그룹을 삭제할까요?
effect-group-people =
    { $n ->
        [0] 아무도 속해 있지 않습니다.
       *[other] { $n }명이 더 이상 속하지 않게 됩니다.
    }
effect-group-stay = 사람들은 그대로 남습니다.
effect-group-log = 누가 언제 속했는지는 로그에 남습니다.
error-group-in-use = 정책이 이 그룹을 가리킵니다
error-group-in-use-advice = 먼저 정책을 바꾸면 그룹을 삭제할 수 있습니다.
said-group-made = 그룹을 만들었습니다.
said-group-renamed = 그룹 이름을 바꾸었습니다.
said-group-deleted = 그룹을 삭제했습니다. 사람들은 그대로입니다.

# 가져오기
import-title = 사용자 가져오기
import-lead = 다른 시스템의 사용자 표입니다. 먼저 한 줄씩 살펴보며 아무도 등록하지 않습니다. 그다음 결정하십시오.
import-file = CSV 파일
import-file-hint = UTF-8, 최대 10,000명, 5MB.
import-template = 빈 표로 시작하기
import-paste = 또는 여기에 붙여넣기
import-check = 살펴보기
import-columns = 열
import-column-needed = 모두에게 필요합니다. 역할은 admin, agent, auditor, end_user이며 owner는 쓸 수 없습니다.
import-column-language = en, es, ko. 기본값: en.
import-column-groups = 있는 그룹의 이름을 ;로 구분. 기본값: 없음.
import-column-provider = ID 공급자에서의 식별. 둘 다 쓰거나 둘 다 비웁니다. 기본값: 없음.
import-column-password = 다른 시스템의 해시(argon2, scrypt, PBKDF2, bcrypt). 그 비밀번호가 여기서 처음 쓰일 때까지 ‘주장’으로 표시합니다.
import-column-otp = 인증 앱의 시드가 든 otpauth://totp/… 링크. 여기서 코드가 처음 확인될 때까지 ‘주장’으로 표시합니다.
import-nothing = 가져올 것이 없습니다. 파일을 고르거나 표를 붙여넣으십시오.
import-too-large = 표는 최대 5MB입니다.
import-not-utf8 = UTF-8이 아닙니다. 이 인코딩으로 저장한 뒤 다시 시도하십시오.
import-check-title = 가져오면 이렇게 됩니다
import-done-title = 가져왔습니다
import-done-lead = 다른 시스템에서 온 것은 여기서 처음 쓰일 때까지 ‘주장’이며, 각자의 페이지에 표시됩니다. 초대 메일을 보냈습니다.
import-cannot = 이대로는 가져올 수 없습니다. 표를 고친 뒤 다시 살펴보십시오.
import-nothing-yet = 아직 아무도 등록하지 않았습니다.
import-again = 다른 표
import-confirm = { $n }명 가져오기
import-lines = 한 줄씩
import-line = 줄
import-what = 결과
import-new = 새 사용자
import-created = 등록됨
import-exists = 이미 있음
import-wrong = 잘못됨
import-failed = 등록되지 않음
import-exists-hint = 이 주소를 쓰는 사람이 있습니다. 그 사람은 아무것도 바뀌지 않습니다.
import-not-yours = 이 역할을 줄 권한이 없습니다.
import-taken-meanwhile = 그사이 주소나 식별자를 다른 사람이 차지했습니다.
import-invited = 초대 메일이 갑니다.
import-provider = { $v }(으)로 로그인합니다.
import-password = 비밀번호 해시(주장).
import-factor = 인증 앱(주장).
import-groups = 그룹 { $n }개.
import-more = 표시하지 않은 줄이 { $n }개 더 있습니다.
import-flaw-header = 모르는 열이 있거나 머리글을 읽을 수 없습니다.
import-flaw-column = 열이 없거나 두 번 있습니다.
import-flaw-line = 머리글과 필드 수가 다르거나, UTF-8이 아니거나, 표의 최대 크기를 넘었습니다.
import-flaw-name = 1~100자입니다.
import-flaw-email = ada@example.com 같은 주소이며 다른 줄에 없어야 합니다.
import-flaw-role = admin, agent, auditor, end_user 가운데 하나. 소유자는 한 명씩 지정합니다.
import-flaw-language = en, es, ko 가운데 하나입니다.
import-flaw-groups = 있는 그룹의 이름을 ;로 구분합니다. 먼저 그룹을 만드십시오.
import-flaw-provider = provider_subject와 함께 써야 합니다.
import-flaw-provider-subject = provider와 함께 써야 합니다.
import-flaw-password-hash = 읽을 수 없는 해시이거나 보관하기에 충분히 강하지 않습니다.
import-flaw-otp-uri = 여기서 쓸 수 있는 시드와 값이 든 otpauth://totp/… 링크여야 합니다.

# 프로그램과 토큰
programs-lead = 프로그램은 비밀번호 없이, 코드도 요구받지 않고, 토큰으로 API를 사용합니다.
own-tokens = 내 API 토큰
own-tokens-hint = 내 이름으로 동작하고, 그 순간 내가 할 수 있는 일만 하며, 역할이 바뀌면 끝납니다. 최대 20개입니다.
tokens-title = API 토큰
tokens-none = 토큰이 없습니다.
token-new = 새 API 토큰
token-new-own = 새 토큰
programs-title = 계정의 프로그램
programs-hint = 프로그램 자신의 이름으로 동작합니다. 프로그램을 통해 로그인하거나 관리되는 사람에게 영향이 있습니다.
programs-none = 아직 등록된 프로그램이 없습니다.
program-new = 프로그램 등록
program-register = 등록
program-name-hint = 1~80자, 다른 프로그램과 달라야 합니다. 이 프로그램이 연 세션에 표시됩니다.
program-name-wrong = 이름은 제어 문자 없이 1~80자입니다.
program-name-taken = 이 이름의 프로그램이 이미 있습니다.
program-too-many = 계정에는 프로그램이 최대 { $n }개 있을 수 있습니다. 먼저 하나를 삭제하십시오.
program-tokens =
    { $n ->
        [0] 토큰 없음
       *[other] 토큰 { $n }개
    }
program-no-tokens = 아직 토큰이 없어 아무것도 할 수 없습니다.
program-token-end-hint = 끝낸 토큰은 다음 요청부터 쓸 수 없습니다. 그 토큰으로 연 세션은 계속되므로, 세션까지 끝내려면 프로그램을 삭제하십시오.
program-remove = 프로그램 삭제
program-remove-hint = 토큰과, 프로그램이 보증한 모든 세션이 즉시 끝납니다.
program-remove-title = 이 프로그램을 삭제할까요?
effect-program-tokens =
    { $n ->
        [0] 토큰이 없습니다.
       *[other] 토큰 { $n }개를 다음 요청부터 쓸 수 없습니다.
    }
effect-program-sessions = 프로그램이 보증한 사람들의 세션이 끝나며, 다시 로그인해야 합니다.
effect-program-log = 프로그램이 한 일은 로그에 남습니다.
token-lead-own = 토큰이 있으면 프로그램이 내 이름으로 동작할 수 있습니다. 발급하면 메일로 알려 드립니다.
token-lead-program = 토큰이 있으면 프로그램이 자신의 이름으로 API를 사용할 수 있습니다.
token-name-hint = 알아볼 수 있는 이름: “야간 내보내기”.
token-scopes = 용도
token-days = 유효 일수
token-days-hint = 기본값 { $n }. 1~365일이며, 지나면 쓸 수 없으므로 새로 발급합니다.
token-days-wrong = { $v }~{ $w }일이어야 합니다.
token-no-scope = 하나 이상 고르십시오.
token-trust-alone = 신뢰하는 기기는 프로그램이 보증하는 로그인에서만 인정됩니다. 그것도 함께 고르십시오.
token-beyond-role = 여기서는 줄 수 없습니다: { $v }.
token-too-many = 이미 토큰이 { $n }개 있어 더 만들 수 없습니다. 먼저 하나를 끝내십시오.
token-issue = 토큰 발급
token-shown-title = 토큰입니다
token-once = 지금 한 번만 표시됩니다. 프로그램이 비밀 값을 읽는 곳에 보관하십시오.
token-how = 프로그램은 요청마다 이렇게 보냅니다:
token-kept = 보관했습니다
token-end = 끝내기
issued = 발급:
scope-read-account-hint = 기본값: 아니요. 계정의 이름, 정책, 2차 인증 사용 여부.
scope-read-people-hint = 기본값: 아니요. 모든 사람의 이름, 주소, 역할, 상태.
scope-read-status-hint = 기본값: 아니요. 모든 사람의 현황 보고서와 API 사용 현황.
scope-read-audit-hint = 기본값: 아니요. 이름과 네트워크 주소를 포함한 모든 사람의 모든 이벤트.
scope-export-hint = 기본값: 아니요. 같은 내용을 파일로 받습니다.
scope-manage-end-users-hint = 기본값: 아니요. 최종 사용자를 등록, 수정, 비활성화합니다. 팀원은 해당하지 않습니다.
scope-assert-sign-in-hint = 기본값: 아니요. 프로그램이 직접 비밀번호를 확인하고, 최종 사용자의 로그인은 2차 인증부터 시작합니다.
scope-assert-trust-hint = 기본값: 아니요. 그런 로그인에서 신뢰하는 기기에는 코드를 묻지 않습니다.
said-program-registered = 프로그램을 등록했습니다. 토큰이 있어야 동작합니다.
said-program-removed = 프로그램을 삭제했습니다. 토큰과 보증한 세션이 끝났습니다.
said-token-ended = 토큰은 다음 요청부터 쓸 수 없습니다.
in-use-title = 아직 비밀번호를 쓰는 곳
in-use-lead = 사람 없이 API를 쓰는 곳과, 2차 인증을 요구하면 동작하지 않게 될 곳입니다.
in-use-passwords = 요청에 실린 비밀번호
in-use-passwords-hint = 누군가의 이메일과 비밀번호를 보내는 프로그램입니다. 하루에 한 번 기록합니다.
in-use-no-passwords = 비밀번호를 보낸 프로그램이 없습니다.
in-use-breaks =
    { $n ->
        [0] 지금 모두에게 2차 인증을 요구해도 동작하지 않게 될 곳이 없습니다.
       *[other] 지금 모두에게 2차 인증을 요구하면 { $n }곳이 동작하지 않게 됩니다.
    }
in-use-whose = 누구의 비밀번호
in-use-agent = 프로그램
in-use-unknown = 알 수 없음
in-use-future = 앞으로
in-use-holder = 소유
in-use-tokens-hint = 2차 인증 정책은 토큰에 영향을 주지 않습니다. 사용은 최대 한 시간에 한 번 기록합니다.
in-use-more = 표시한 것보다 더 있습니다.
password-now-open = 지금대로라면 계속 쓸 수 있습니다.
password-now-ending = 예고된 종료일까지 쓸 수 있습니다.
password-now-off = 지금은 거부됩니다.
password-breaks-at = { $v }에 끝납니다.
password-breaks-if-required = 모두에게 2차 인증을 요구하면 동작하지 않게 됩니다.

# 계정 설정
settings-lead = 계정이 어떻게 보이고 누구에게 무엇을 알리는지 정합니다. 바뀔 때마다 감사 로그에 남습니다.
settings-read-only = 이 설정을 볼 수는 있지만 바꿀 수는 없습니다.
settings-name = 이름
settings-name-hint = 기본값: 처음 정한 이름. 모든 사람에게 가는 모든 안내와 메일에 나옵니다. 1~80자, 다른 계정과 달라야 합니다.
settings-slug = 짧은 이름은 바뀌지 않습니다: { $v }
settings-logo = 로고
settings-logo-hint = 기본값: 없음. 로그인 전을 포함해 모든 사람에게 이름 옆에 표시됩니다. 16KiB 이하, 1,024 × 1,024픽셀 이하의 PNG.
settings-logo-now = 현재 로고
settings-no-logo = 로고 삭제
settings-languages = 언어
settings-languages-hint = 기본값: 모두. 이 계정의 모든 사람에게 보이는 페이지와 메일은 이 언어들 가운데 하나로 쓰입니다.
settings-first-language = 첫째 언어
settings-first-language-hint = 기본값: 영어. 제공하지 않는 언어를 원하는 사람과, 아직 고르지 않은 새 사람이 보게 되는 언어입니다. 제공하는 언어일 때만 적용됩니다.
settings-zone = 시간대
settings-zone-hint = 기본값: UTC. Asia/Seoul 같은 이름. 페이지와 메일이 시각을 이 시간대로 보여 줍니다. 파일과 API는 UTC 그대로입니다.
settings-help = 도움말 위치
settings-help-hint = 기본값: 없음. 모든 페이지가 모든 사람에게 안내합니다. https:// 또는 mailto:로 시작하는 주소.
settings-notices = 소유자와 관리자에게 알림
settings-notices-hint = 기본값: 없음. 당사자 외에 소유자와 관리자도 메일로 받을 알림입니다.
notice-locked-out = 누군가 잠김
notice-locked-out-hint = 잘못된 시도가 너무 많을 때.
notice-team-changed = 팀이 바뀜
notice-team-changed-hint = 누군가 들어오거나 역할이 바뀔 때.
notice-policy-changed = 정책이 바뀜
notice-policy-changed-hint = 정책, 소유자 하한, 또는 선택한 프로필. 날짜를 예약한 변경은 항상 알립니다.
notice-password-access = 프로그램이 비밀번호를 보냄
notice-password-access-hint = API 요청에서.
account-name-wrong = 이름은 눈에 보이는 글자를 포함해 제어 문자 없이 1~80자입니다.
account-name-taken = 비슷해 보이는 이름의 다른 계정이 있습니다.
time-zone-wrong = 시간대가 아닙니다. Asia/Seoul 같은 이름이어야 합니다.
help-wrong = 주소는 https:// 또는 mailto:로 시작하며 최대 200자입니다.
logo-wrong = 로고는 16KiB 이하, 1,024 × 1,024픽셀 이하의 PNG입니다.
said-settings-saved = 설정을 저장했습니다.

# 샌드박스 시계
clock-title = 샌드박스 시계
clock-set = 시계 맞추기
clock-forwards = 앞으로만 맞출 수 있고, 거기서부터 계속 흐릅니다. 기본값: 서버 시계.
clock-affects = 이 계정의 모든 사람에게 영향이 있습니다. 세션, 신뢰, 링크, 대기 시간이 이 시계로 끝나고 코드도 이 시계로 셉니다.
clock-app = 인증 앱의 시계도 맞추십시오. 그러지 않으면 코드가 맞지 않습니다.
clock-later = 시계를 앞으로 보내기
clock-hour = 1시간
clock-day = 1일
clock-week = 7일
clock-month = 30일
clock-on = 또는 날짜로
clock-latest = 늦어도 { $v }.
clock-time-hint = 기본값: 자정.
clock-backwards = 샌드박스 시계는 앞으로만 맞출 수 있습니다.
clock-too-far = 샌드박스 시계는 최대 10년 앞까지입니다.
said-clock-set = 시계를 맞추었습니다.

# 내 프로필
own-profile = 내 프로필
profile-name-hint = 이 계정의 다른 사람에게 보이는 이름입니다.
profile-language-hint = 페이지와 나에게 오는 메일의 언어입니다.
profile-email-hint = 새 주소로 링크가, 현재 주소로 알림이 갑니다. 링크를 사용할 때까지 아무것도 바뀌지 않습니다.
profile-password-hint = 다른 비밀번호를 정하는 링크가 { $v }(으)로 갑니다. 세션과 기기 신뢰가 끝나며, 2차 인증은 그대로입니다.
profile-password-send = 링크 받기
said-profile-saved = 프로필을 저장했습니다.
said-password-mailed = 다른 비밀번호를 정하는 링크를 보냈습니다.

# Sign-ins, and why
sign-ins-title = 로그인 기록
sign-ins-lead = 로그인할 때마다 코드를 요청했는지, 그 이유는 무엇인지 보여 줍니다.
sign-ins-none = 아직 로그인 기록이 없습니다
sign-ins-why = 이유
why-asked-title = 코드를 요청했거나 요청하지 않은 이유
why-asked-method = 완료 방법: { $v }
why-asked-event = 이벤트 { $n }
why-asked-policy = 적용된 정책을 정한 것:
why-asked-first-policy = 적용된 정책은 계정의 처음 정책입니다.
