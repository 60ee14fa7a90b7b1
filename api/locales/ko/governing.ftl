# 주변
menu-approvals = 승인
approvals-yours =
    { $n ->
       *[other] , 처리할 일 { $n }건
    }
approvals-own = 직접 요청한 일입니다. 다른 소유자가 승인하며, 그때까지는 취소만 할 수 있습니다.
approvals-own-waits = 직접 요청한 일입니다. 때가 되면 여기에서 실행합니다. 그 전에 누군가 취소할 수 있습니다.
approvals-open =
    { $n ->
        [0] 대기 없음
       *[other] { $n }건 대기 중
    }
policy-places = 정책의 다른 설정
policy-kinds = 2차 인증의 종류
policy-meant-changed = 적용 대상이 달라집니다.
yes = 예
no = 아니요
hours =
    { $n ->
       *[other] { $n }시간
    }
days =
    { $n ->
       *[other] { $n }일
    }
concerns-admins =
    { $n ->
        [0] 지금은 관리자가 없습니다.
       *[other] 관리자 { $n }명에게 적용됩니다.
    }
concerns-owners =
    { $n ->
       *[other] 소유자는 { $n }명입니다.
    }
concerns-team =
    { $n ->
       *[other] 팀원 { $n }명에게 적용됩니다.
    }

# 이중 통제
governance-title = 이중 통제
governance-lead = 한 사람이 혼자 할 수 없는 일과, 모두의 2차 인증을 켜고 끌 수 있는 사람을 정합니다.
governance-owner-only = 볼 수만 있습니다. 소유자만 바꿀 수 있습니다.
governance-dual = 두 사람이 필요한 일
governance-dual-hint = 두 번째 소유자가 승인합니다. 승인할 다른 사람이 없으면 72시간을 기다리고, 팀 전체에 알리며, 소유자나 관리자 누구나 취소할 수 있습니다. 소유자 지정, 소유권 이전, 계정 폐쇄에는 언제나 두 사람이 필요합니다.
governance-now = 지금 두 사람이 필요한 일:
governance-now-none = 없음
governance-default = 소유자 수에 따라
governance-default-hint = 기본값: 소유자가 두 명 이상이면 아래의 모든 행위, 그 전에는 소유자를 돕는 일만.
governance-chosen = 여기에서 선택한 것만
governance-chosen-hint = 소유자 수와 관계없습니다. 소유자가 한 명이면 선택한 일은 72시간을 기다립니다.
governance-fixed = 항상 두 명이 필요하며 선택할 수 없습니다.
guarded-disable = 모두에 대해 끄기
guarded-disable-hint = 계정의 모든 등록을 초기화합니다.
guarded-suspend = 모두에 대해 일시 중지
guarded-suspend-hint = 다시 시작할 때까지 아무에게도 코드를 묻지 않습니다.
guarded-help-owner = 소유자 돕기: 초기화, 면제, 코드, 다른 주소
guarded-help-owner-hint = 그렇지 않으면 한 소유자가 다른 소유자의 접근 권한을 빼앗을 수 있습니다.
guarded-erase = 사람 삭제
guarded-erase-hint = 그 사람의 데이터를 다시는 읽을 수 없게 됩니다.
governance-others = 다른 권한
governance-switch = 관리자가 모두에 대해 끄기, 일시 중지, 재개, 켜기를 할 수 있음
governance-switch-hint = 그렇지 않으면 소유자만 할 수 있습니다. 이중 통제는 관리자에게도 적용됩니다.
governance-waive = 팀원이 비밀번호와 코드를 동시에 생략할 수 있음
governance-waive-hint = 신뢰하면서 로그인이 유지된 기기에서만 해당됩니다. 그렇지 않으면 둘 중 하나는 언제나 묻습니다.
governance-reason = 사유
governance-reason-hint = 이중 통제에서 제외할 때만 필요합니다. 그 일 자체에도 두 번째 소유자나 대기 시간이 필요합니다. 감사 로그를 볼 수 있는 사람은 모두 봅니다.
governance-reason-wrong = 이중 통제에서 제외하려면 1~500자의 사유가 필요합니다.
governance-guarded =
    { $n ->
        [0] 두 사람이 필요한 일 없음
       *[other] { $n }가지에 두 사람 필요
    }
said-governed = 이중 통제 규칙을 저장했습니다. 지금부터 적용됩니다.

# 소유자 하한
floor-title = 소유자 하한
floor-lead = 관리자가 저장하거나 예약할 수 있는 가장 느슨한 정책입니다. 기본값: 없음. 이때 관리자는 범위 안의 어떤 정책이든 저장할 수 있습니다. 소유자에게는 적용되지 않으며, 이미 적용 중인 정책은 바뀌지 않습니다.
floor-is-set = 하한이 설정됨
floor-is-none = 하한 없음
floor-none-hint = 양식은 새 계정의 정책으로 시작합니다.
floor-looser = 지금 정책은 이 하한보다 느슨합니다. 관리자가 다시 저장할 수 없는 설정:
floor-save = 이 하한 설정
floor-remove = 하한 없애기
floor-set =
    { $n ->
        [0] 설정되지 않음
        [1] 둘 중 하나에 설정됨
       *[other] 둘 다 설정됨
    }
said-floor-set = 하한을 설정했습니다. 지금부터 관리자는 그보다 느슨하게 할 수 없습니다.
said-floor-gone = 하한을 없앴습니다.

# 프로필
profile-title = 프로필과 준수 현황
profile-lead = 프로필은 이름이 붙은 규칙 모음입니다. 프로필을 골라도 설정은 바뀌지 않으며, 이 페이지가 규칙별로 충족 여부를 보여 줍니다. 기본값: 없음. 누구의 로그인에도 영향이 없습니다.
profile-none = 프로필 없음
profile-none-hint = 계정이 따르는 규칙 모음이 없습니다.
profile-nist-aal2 = NIST AAL2
profile-nist-aal2-hint = NIST SP 800-63B-4, 인증 보증 수준 2.
profile-pci-dss-4 = PCI DSS 4
profile-pci-dss-4-hint = PCI DSS 4.0.1, 요구사항 8.
profile-seed = 새 계정
profile-seed-hint = 모든 계정이 처음 갖는 규칙입니다. 그 뒤 정책을 느슨하게 한 곳은 충족하지 못합니다.
profile-source-seed = 새 계정의 값
profile-chosen = 선택됨
profile-choose = 선택
profile-choose-none = 선택 안 함
profile-meets = { $w }개 규칙 중 { $v }개 충족
profile-rules = { $v }: 규칙별 현황
profile-wanted = 요구
profile-value = 현재 정책
profile-met = 충족
profile-missed = 미충족
profile-at-most = 최대 { $n }
profile-at-least = 최소 { $n }
profile-rule-second-factor-of-everyone = 모두에게 유예 없이 2차 인증을 요구하고 실제로 묻음
profile-rule-no-remembered-device = 기기를 기억하는 일수
profile-rule-reauthentication-hours = 다시 로그인하기까지의 시간
profile-rule-idle-minutes = 사용하지 않는 세션이 끝나기까지의 분
profile-rule-password-length = 2차 인증과 함께 쓰는 비밀번호의 글자 수
profile-rule-password-length-alone = 단독으로 쓰는 비밀번호의 글자 수
profile-rule-consecutive-failures = 모든 기기를 합한 연속 실패 횟수
profile-rule-failures-before-lockout = 잠기기까지의 실패 횟수
profile-rule-api-without-password = 이메일과 비밀번호로 API를 열 수 없음
profile-rule-trust-days = 기기를 신뢰하는 일수
profile-rule-stay-signed-in-days = 비밀번호 없이 로그인을 유지하는 일수
profile-rule-failure-limit = 잠기기까지의 실패 횟수
said-profile-chosen = 선택을 저장했습니다. 바뀐 설정은 없습니다.

# 예약된 정책
schedule-title = 예약된 정책
schedule-lead = 정책은 정한 날짜에 저절로 시작될 수 있습니다. 대상마다 하나씩, 최대 1년 앞까지 예약할 수 있고 시작 전에는 철회할 수 있습니다. 기본값: 없음.
schedule-none = 예약 없음
schedule-first = 다음 시작: { $v }
schedule-begins = 시작
schedule-changes = 그때 바뀌는 것
schedule-same = 오늘의 정책과 다른 점이 없습니다.
schedule-pending = 지금 기준으로 그날 따르지 못하는 사람
schedule-forecast = 모두 보기
schedule-withdraw = 철회
schedule-one = 정책 예약
schedule-day = 시작하는 날 ({ $v })
schedule-day-hint = 그날의 첫 분에 시작합니다.
schedule-begins-wrong = { $v }부터 { $w }까지의 날짜여야 합니다.
schedule-policy = 그때 적용할 내용
schedule-policy-hint = 오늘의 정책으로 시작합니다.
schedule-preview = 영향받는 사람 보기
confirm-schedule-title = 이 정책을 예약할까요?
confirm-schedule = 예약
effect-schedule = { $v }이 시작될 때부터 저절로 적용됩니다.
effect-schedule-told = 소유자와 관리자에게 메일로 알립니다.
confirm-withdraw-title = 이 정책을 철회할까요?
effect-withdraw = { $v }에 시작될 예정이었습니다. 대신 오늘의 정책이 이어집니다.
error-withdraw-floor = 소유자만 철회할 수 있습니다
error-withdraw-floor-advice = 철회하면 이어질 정책이 소유자가 관리자에게 허용한 것보다 느슨합니다.
said-scheduled = 정책을 예약했습니다. 소유자와 관리자에게 알렸습니다.
said-already-scheduled = 이 대상에는 이미 예약된 정책이 있습니다. 먼저 철회하세요.
said-withdrawn = 정책을 철회했습니다. 시작되지 않습니다.

# 예측
forecast-title = 따르지 못할 사람
forecast-short = 앞으로의 어느 날이든
forecast-lead = 그때까지 아무것도 바뀌지 않는다면 그날 가장 먼저 2차 인증을 설정해야 할 사람입니다. 끝났을 면제, 지났을 유예 기간, 예약된 정책을 모두 반영합니다.
forecast-on = 날짜
forecast-at = 시점
forecast-nobody = 모두 따르게 됩니다.
forecast-past = 지난 날짜입니다. 과거는 현황 보고서에서 볼 수 있습니다.

# 폐쇄
close-title = 계정 폐쇄
close-short = 되돌릴 수 없음, 두 사람 필요
confirm-close-title = 이 계정을 영구히 폐쇄할까요?
confirm-close = 폐쇄 요청
effect-close-people =
    { $n ->
       *[other] { $n }명이 더 이상 로그인할 수 없고 모든 세션이 끝납니다.
    }
effect-close-enrolled =
    { $n ->
       *[other] { $n }명의 2차 인증을 더 이상 쓸 수 없습니다.
    }
effect-close-programs =
    { $n ->
        [0] 자체 이름으로 API를 쓰는 프로그램은 없습니다.
       *[other] 프로그램 { $n }개가 API를 쓸 수 없게 됩니다.
    }
effect-close-schedules =
    { $n ->
       *[other] 예약된 정책 { $n }개가 시작되지 않습니다.
    }
effect-close-approvals =
    { $n ->
       *[other] 승인을 기다리는 일 { $n }건이 실행되지 않습니다.
    }
effect-close-log = 로그는 남으며 서버 운영자가 계속 읽을 수 있습니다.
effect-close-final = 되돌릴 수 없습니다.
takes-at-once = 바로 실행됩니다.
takes-second-owner = 두 번째 소유자가 필요합니다. 다른 소유자가 승인하기 전에는 아무 일도 일어나지 않습니다.
takes-wait = 승인할 다른 사람이 없으므로 72시간을 기다립니다. 팀 전체에 알리며 소유자나 관리자 누구나 취소할 수 있습니다.

# 한 사람 돕기
second-factor = 2차 인증
help-waits = 초기화가 대기 중입니다. 적용 시각
help-asked-by = 요청한 사람
help-waits-hint = 본인은 ‘내 보안’에서 거부하거나 그때까지 2차 인증을 사용해 막을 수 있습니다. 도움을 줄 수 있는 담당자도 중지할 수 있습니다.
help-exempt-until = 2차 인증 면제 기한
help-exempt-end = 지금 면제 끝내기
help-ticket-open = 등록 티켓 유효 기한
help-unlock = 잠금 풀기
help-unlock-hint = 너무 많이 틀린 뒤에는 잠금을 풀 때까지 아무것도 확인하지 않습니다.
help-ticket = 등록 티켓 발급
help-ticket-hint = 비밀번호와 함께 2차 인증을 설정하는 코드입니다. 직접 알려 줍니다.
help-exempt = 한시적으로 면제
help-exempt-hint = 면제가 저절로 끝날 때까지 비밀번호만으로 로그인합니다.
help-reset = 2차 인증 초기화
help-reset-hint = 휴대폰을 잃어버렸거나 다른 사람 손에 있을 때 씁니다. 먼저 어떤 일이 일어나는지 보여 줍니다.
obstacle-title = 지금은 2차 인증을 설정할 수 없습니다
obstacle-event = 원인
obstacle-fix = 해결 방법
obstacle-erased = 삭제된 사람입니다.
obstacle-erased-fix = 방법이 없습니다. 새로 추가하세요.
obstacle-deactivated = 비활성화되었습니다.
obstacle-deactivated-fix = 아래에서 다시 로그인할 수 있게 하세요.
obstacle-no-password = 아직 비밀번호를 정하지 않았습니다.
obstacle-no-password-fix = 초대 메일의 링크를 쓰면 됩니다. 아래에서 다시 보낼 수 있습니다.
obstacle-password-spent = 비밀번호 뒤에 틀린 코드가 너무 많이 입력되어 그 비밀번호는 더 이상 쓸 수 없습니다.
obstacle-password-spent-fix = "비밀번호를 잊으셨습니까?"에서 새 비밀번호를 정하면 됩니다.
obstacle-hard-cap = 너무 많이 틀려 잠겼습니다.
obstacle-hard-cap-fix = 잠금을 푸세요.
obstacle-tries-spent = 잘못된 코드를 연달아 너무 많이 입력해 잠시 어떤 코드도 확인하지 않습니다.
obstacle-tries-spent-fix = 잠시 기다리거나, 잠금을 풀어 주세요.
obstacle-account-disabled = 이 계정은 모두에 대해 2차 인증이 꺼져 있습니다.
obstacle-account-disabled-fix = 소유자가 정책에서 다시 켭니다.
obstacle-exemption = 면제 중이며, 2차 인증 없는 세션으로는 설정할 수 없습니다.
obstacle-exemption-fix = 끝날 때까지 기다리거나 지금 끝내세요.
obstacle-ticket-needed = 침해가 의심된 뒤에는 등록 티켓으로만 새로 설정할 수 있습니다.
obstacle-ticket-needed-fix = 등록 티켓을 발급하세요.
obstacle-compromise-fresh = 침해가 의심된 뒤 팀을 떠났습니다. 고객에게는 티켓을 발급하지 않으므로 역할이 바뀐 뒤 72시간이 지나야 새로 설정할 수 있습니다.
obstacle-compromise-fresh-fix = 기다리거나 다시 팀 역할을 부여하세요.
obstacle-mailbox-too-fresh = 메일로 비밀번호를 재설정했으므로 같은 메일함은 72시간 동안 새 인증 수단을 보증할 수 없습니다.
obstacle-mailbox-too-fresh-fix = 기다리거나, 팀원이라면 등록 티켓을 발급하세요.
obstacle-address-replaced = 팀이 이메일 주소를 바꾸었으므로 새 메일함은 72시간 동안 인증 수단을 보증하지 않습니다.
obstacle-address-replaced-fix = 기다리거나, 팀원이라면 등록 티켓을 발급하세요.
obstacle-nothing-to-bind = 정책이 허용하는 방법 중 이 설치에서 설정할 수 있는 것이 없습니다.
obstacle-nothing-to-bind-fix = 정책에서 다른 방법을 허용하거나, 설치를 운영하는 쪽에 빠진 것을 설정해 달라고 요청하세요.
obstacle-too-many-factors = 가질 수 있는 만큼의 인증 수단을 이미 갖고 있습니다.
obstacle-too-many-factors-fix = 더 이상 쓰지 않는 것을 지우면 됩니다.
effect-reset-waits = 72시간 동안은 아무 일도 일어나지 않습니다. 가능한 모든 수단으로 본인에게 바로 알립니다.
effect-reset-object = 그동안 본인이 거부하거나 2차 인증을 사용하면 취소됩니다.
confirm-reset-later = 초기화 요청
confirm-ticket-title = 등록 티켓을 발급할까요?
confirm-ticket = 발급하고 보기
effect-ticket = 이것과 비밀번호로 2차 인증을 설정합니다. 메일 코드는 필요하지 않습니다.
effect-ticket-once = 24시간 동안 한 번만 쓸 수 있고 다섯 번까지 틀릴 수 있습니다. 새로 발급하면 앞의 것을 대신합니다.
effect-ticket-tell = 메일이 아니라 직접 만나거나 전화로 알려 주세요.
ticket-title = 등록 티켓
ticket-shown-once = 지금만 볼 수 있습니다. 이것과 비밀번호를 가진 사람은 2차 인증을 설정할 수 있습니다.
ticket-done = 전달했습니다
confirm-exempt-title = 이 사람을 한시적으로 면제할까요?
confirm-exempt = 면제
exempt-for = 기간
exempt-for-hint = 지금부터 최대 7일입니다. 두 번째 소유자가 필요하다면 그 시간도 고려하세요.
effect-exempt = 비밀번호만으로 로그인합니다. 2차 인증이 필요한 일은 할 수 없습니다.
effect-exempt-end = 저절로 끝나며, 그에 따른 세션도 함께 끝납니다. 2차 인증은 그대로입니다.
effect-exempt-binds = 그동안 그런 세션으로는 2차 인증을 설정하거나 바꿀 수 없습니다.
effect-exempt-lock = 잠금은 풀리지 않습니다. 새 면제가 앞의 것을 대신합니다.
said-already-waits = 같은 요청이 이미 있으며 대기 중입니다.
said-exempted = 면제가 끝날 때까지 2차 인증 없이 로그인할 수 있습니다. 본인에게 메일로 알렸습니다.
said-exemption-ended = 면제가 끝났습니다.
error-not-enabled = 2차 인증이 없습니다
error-not-enabled-advice = 초기화할 것이 없습니다.
error-has-factor = 이미 2차 인증이 있습니다
error-has-factor-advice = 티켓은 첫 인증 수단을 설정합니다. 잃어버렸다면 먼저 초기화하세요.
error-ticket-team = 티켓은 팀원을 위한 것입니다
error-ticket-team-advice = 고객에게는 발급하지 않습니다. 초기화는 72시간을 기다리며, 그 뒤 메일 코드로 새로 설정합니다.
error-resets-spent = 한 시간 동안 요청할 수 있는 초기화를 모두 요청했습니다
error-resets-spent-advice = 잠시 기다리거나 관리자에게 부탁하세요.
error-help-spent = 이 사람은 한 시간 또는 하루 동안 받을 수 있는 이 종류의 도움을 모두 받았습니다
error-help-spent-advice = 매번 모든 경로로 본인에게 알립니다. 잠시 기다리세요.
error-people-spent = 한 시간 또는 하루 동안 도울 수 있는 서로 다른 사람을 모두 도왔습니다
error-people-spent-advice = 이 사실은 기록됩니다. 잠시 기다리거나 다른 관리자에게 부탁하세요.
error-address-disputed = 이전 주소에서 이 변경에 이의를 제기했습니다
error-address-disputed-advice = 변경한 사람이 아닌 다른 담당자나 다른 소유자가 보증하거나, 먼저 주소를 바로잡습니다.
error-address-in-correction = 이 주소를 바로잡는 중이며 새 주소가 아직 확인되지 않았습니다
error-address-in-correction-advice = 잘못된 주소로는 복귀 링크를 보내지 않습니다. 새 주소를 확인받거나, 다른 주소로 다시 요청하거나, 변경을 취소한 다음 보증하세요.
error-already-frozen = 이 로그인은 이미 동결되어 있습니다
error-already-frozen-advice = 다시 동결하거나 기다리는 복귀를 멈추는 일은 관리자나 소유자가 합니다.
error-reads-spent = 한 시간 동안 할 수 있는 검색을 모두 했거나 가져갈 수 있는 파일을 모두 가져갔습니다
error-reads-spent-advice = 사람들에 대해 보여 준 것은 검색과 파일마다 따로 기록됩니다. 잠시 기다리세요.
error-another-owner = 다른 소유자가 필요합니다
error-another-owner-advice = 자신의 요청이나 자신에 관한 일은 승인할 수 없습니다.
error-overtaken = 더 이상 유효하지 않습니다
error-overtaken-advice = 이미 실행, 취소, 또는 만료되었거나 요청한 사람의 권한이 없어졌습니다.
manage = 관리

# 지난 로그인에 다른 정책 적용
what-if-try = 지난 로그인에 적용해 보기
what-if-title = 지난 로그인이 어떻게 되었을지
what-if-lead = 표시된 첫날부터 이 정책이 적용되었던 것처럼 기록된 로그인을 하나씩 다시 판정합니다. 보기만 해서는 아무것도 바뀌지 않습니다.
what-if-unchanged = 현재 정책과 같습니다.
what-if-spans = 살펴볼 기간
what-if-sign-ins = 로그인
what-if-same = 그대로
what-if-nothing = 이 기간에 로그인한 사람이 없습니다.
what-if-no-difference = 모든 로그인이 그대로였을 것입니다.
what-if-otherwise = 달라졌을 점
what-if-events = 횟수
what-if-people = 사람 수
what-if-who = 누구 (횟수)
what-if-extra-prompts = 요구되지 않았던 2차 인증이 요구됨
what-if-fewer-prompts = 요구되었던 2차 인증이 요구되지 않음
what-if-without-factor = 유효한 2차 인증이 없어 먼저 설정해야 했음
what-if-need-not-bind = 설정해야 했던 2차 인증을 설정하지 않아도 됨
what-if-no-session = 시작되지 않았을 세션
what-if-cut-short = 사용 중에 끝났을 세션
what-if-by-day = 날짜별
what-if-plot = 날짜별 2차 인증 요구 증감 (UTC)
what-if-day = 날짜 (UTC)
what-if-more = 더 요구됨
what-if-fewer = 덜 요구됨
what-if-bindings = 먼저 설정
what-if-no-bindings = 설정이 필요 없게 됨
what-if-none-started = 시작 안 된 세션
what-if-untold = 알 수 없는 것
what-if-after-binding = 2차 인증을 먼저 설정해야 했을 로그인 이후의 로그인: 늘거나 준 것으로 세지 않습니다.
what-if-decided-otherwise = 당시와 오늘의 규칙이 다르게 판정하는 로그인: 비교하지 않습니다.
what-if-supposed-answered = 요구된 적이 없는 코드: 바로 제시되었고, 전에 신뢰했던 기기는 다시 신뢰한 것으로 봅니다.
what-if-never-answered = 2차 인증에서 멈췄으나 통과했을 로그인: 그 뒤의 일은 알 수 없습니다.
what-if-never-offered = 기기를 신뢰할 수 있었으나 묻지 않은 로그인: 전에 신뢰한 적이 없으면 원하지 않은 것으로 봅니다.
what-if-refused = 틀린 비밀번호와 코드: 여전히 틀린 것으로 보며, 다른 실패 한도로 잠기는 사람은 없습니다.
what-if-sessions-cut-short = 사용 중에 끝났을 세션: 그 뒤에 있었을 로그인은 세지 않습니다.
what-if-save = 이 정책 저장 …
