# 개인에게 보내는 메시지. 모든 메시지는 제품과 계정의 이름을 밝힙니다.

signature =
    {"-- "}
    { $account } · { $product }

sandbox = 실제 계정이 아니라 시험용 샌드박스입니다.

way-mail = 이메일
way-sms = SMS
notice-text = { $subject } ({ $product }, { $account })
first-binding-code-text = { $account }의 { $product } 코드: { $code }. { $minutes }분 동안 한 번만 쓸 수 있습니다. 아무에게도 알려 주지 마세요.

sms-code-text = { $account }의 { $product } 코드: { $code }. 요청한 곳에서 { $minutes }분 동안 한 번만 쓸 수 있습니다. 아무에게도 알려 주지 마세요.
sms-code-subject = { $account } 확인 코드
sms-code-body =
    { $account }의 { $product } 코드입니다. { $minutes }분 동안 한 번만 쓸 수 있습니다: { $code }

number-added-text = { $product }, { $account }: 이제 { $ending }(으)로 끝나는 번호로도 코드가 전송됩니다. 본인이 아니라면 지금 { $account } 관리자에게 알리세요.
number-added-subject = { $account } 코드가 다른 전화번호로 전송됩니다
number-added-body =
    이제 { $product }의 { $account } 코드를 { $ending }(으)로 끝나는 전화번호로 받을 수 있습니다.

    본인이 한 일이 아니라면 지금 { $account } 관리자에게 알리고 비밀번호를 바꾸십시오.

number-removed-text = { $product }, { $account }: { $ending }(으)로 끝나는 이 번호로는 더 이상 코드가 전송되지 않습니다. 본인이 아니라면 지금 { $account } 관리자에게 알리세요.
number-removed-subject = { $account } 계정에서 전화번호가 제거되었습니다
number-removed-body =
    { $product }의 { $account } 코드가 { $ending }(으)로 끝나는 전화번호로 더 이상 전송되지 않습니다.

    본인이 한 일이 아니라면 지금 { $account } 관리자에게 알리고 비밀번호를 바꾸십시오.

test-subject = { $account } 메시지가 도착합니다
test-body =
    { $product } 운영자가 메시지가 도착하는지 확인했습니다. 이 메시지는 도착했으며, 하실 일은 없습니다.

outage-subject = { $account }의 메시지가 나가지 않습니다
outage-body =
    { $product }에서 { $account }이(가) 여러 사람에게 { $way }로 보낸 최근 메시지 { $failures }건이 전달되지 않았습니다. 고쳐질 때까지 코드와 링크가 아무에게도 도착하지 않을 수 있습니다.

    무엇이 왜 실패했는지:

    { $page }

    이 알림은 수단마다 하루에 한 번만 갑니다.

budget-spent-subject = { $account }의 하루 메시지 한도를 다 썼습니다
budget-spent-body =
    { $whose ->
        [person] { $account }의 한 사람에게 { $product }이(가) 하루에 보내는 만큼의 코드와 링크를 { $way }로 모두 보냈습니다.
        [person-anybody] { $account }의 한 사람의 주소를 아는 누군가가 { $product }이(가) 하루에 보내는 만큼의 링크를 모두 요청했습니다. 그 사람이 로그인한 뒤 요청하는 것과 관리자가 보내는 것은 계속 나갑니다.
        [person-invited] { $account }의 한 사람에게 { $product }이(가) 하루에 보내는 만큼의 초대가 모두 나갔습니다. 그 사람이 요청하는 것은 계속 나갑니다.
        [account-anybody] 주소를 아는 누군가가 { $account }이(가) { $way }로 하루에 보내는 만큼의 링크를 모두 요청했습니다. 사람들이 로그인한 뒤 요청하는 것과 관리자가 보내는 것은 계속 나갑니다.
        [account-invited] { $account }이(가) { $way }로 하루에 보내는 만큼의 초대가 모두 나갔습니다. 사람들이 요청하는 것은 계속 나갑니다.
        [country] { $account }이(가) 국가 번호 { $country }(으)로 { $way }를 통해 하루에 보내는 만큼의 코드를 모두 보냈습니다.
       *[account] { $account }이(가) { $way }로 하루에 보내는 만큼의 코드와 링크를 모두 보냈습니다.
    }

    { $until }까지 더 나가지 않습니다. 알림은 어떤 한도에도 들지 않으므로 계속 갑니다.

    어떤 한도를 다 썼는지:

    { $page }

delivery-trouble-subject = { $account } 구성원에게 보낸 메시지가 도착하지 않습니다
delivery-trouble-body =
    { $product }에서 { $account }의 한 사람에게 { $way }로 보낸 최근 메시지 { $failures }건이 전달되지 않았습니다.

    무엇이 왜 실패했는지 그 사람의 페이지에서 볼 수 있습니다:

    { $page }

    몇 명이 관련되더라도 이 알림은 수단마다 하루에 한 번만 갑니다.

invitation-subject = { $account } 초대
invitation-body =
    { $account }에서 { $product } 로그인에 초대했습니다.

    아래 링크를 열어 비밀번호를 정하세요. 링크는 { $hours ->
        [168] 7일
       *[other] { $hours }시간
    } 동안 한 번만 쓸 수 있습니다.

    { $link }

    예상하지 못한 메시지라면 아무것도 하지 않으셔도 됩니다.

set-up-subject = { $account } 접속 설정
set-up-body =
    아래 링크에서 { $product }의 { $account } 비밀번호를 정할 수 있습니다. 링크는 { $minutes }분 동안 한 번만 쓸 수 있습니다.

    { $link }

    예상하지 못한 메시지라면 아무것도 하지 않으셔도 됩니다.

first-binding-code-subject = { $account } 확인 코드
first-binding-code-body =
    { $account } 비밀번호를 아는 사람이 { $product }에서 2차 인증을 설정하고 있습니다.
    본인이라면 아래 코드를 입력하세요. 코드는 { $minutes }분 동안 한 번만 쓸 수 있습니다.

    { $code }

    본인이 아니라면 이 코드를 누구에게도 알려 주지 말고 지금 비밀번호를 바꾸세요.

two-factor-enabled-subject = { $account } 2차 인증이 켜졌습니다
two-factor-enabled-body =
    이제부터 { $product }에 로그인할 때 { $account }에서 코드를 요청합니다.

    본인이 켜지 않았다면 지금 { $account } 관리자에게 알리세요.

factor-added-subject = { $account } 계정에 2차 인증 수단이 추가되었습니다
factor-added-body =
    { $product }의 { $account } 계정에 2차 인증 수단이 추가되었습니다. 종류: { $kind }, 이름: “{ $name }”. 이제부터 다른 수단과 똑같이 계정을 열 수 있습니다.

    본인이 한 일이 아니라면 지금 { $account } 관리자에게 알리고 비밀번호를 바꾸십시오.

kind-totp = 인증 앱
kind-token = 하드웨어 토큰
kind-sms = 전화번호
kind-webauthn = 보안 키 또는 패스키

two-factor-reset-subject = { $account } 2차 인증이 초기화되었습니다
two-factor-reset-body =
    { $product }의 { $account }에서 인증 앱, 복구 코드, 신뢰할 수 있는 기기를 더 이상 쓸 수 없습니다.
    2차 인증이 필수라면 다음에 로그인할 때 다시 설정하게 됩니다.

    본인이 요청하지 않았다면 지금 { $account } 관리자에게 알리세요.

two-factor-disabled-subject = { $account }에서 2차 인증을 껐습니다
two-factor-disabled-body =
    { $account }에서 { $product }의 2차 인증을 모든 사람에 대해 껐습니다.
    인증 앱, 복구 코드, 신뢰할 수 있는 기기를 더 이상 쓸 수 없습니다.
    다시 켜면 모두가 처음부터 설정합니다.

own-two-factor-disabled-subject = { $account }의 내 2차 인증이 꺼졌습니다
own-two-factor-disabled-body =
    { $product }에서 { $account }의 내 2차 인증을 껐습니다. 이제부터 비밀번호만 묻습니다.
    인증 앱, 복구 코드, 신뢰할 수 있는 기기를 더 이상 쓸 수 없습니다.

    본인이 한 일이 아니라면 지금 { $account } 관리자에게 알리고 비밀번호를 바꾸십시오.

recovery-code-used-subject = { $account } 복구 코드가 사용되었습니다
recovery-code-used-body =
    방금 { $product }의 { $account } 복구 코드 하나가 사용되었습니다. 남은 코드: { $left }개.

    본인이 아니라면 지금 { $account } 관리자에게 알리세요.

recovery-codes-low-subject = { $account } 복구 코드가 얼마 남지 않았습니다
recovery-codes-low-body =
    방금 { $product }의 { $account } 복구 코드 하나가 사용되었습니다. 남은 코드: { $left }개.

    로그인할 수 있을 때 새 코드를 만드세요. 이전 코드는 쓸 수 없게 됩니다.
    { $page }

    본인이 아니라면 지금 { $account } 관리자에게 알리세요.

recovery-codes-exhausted-subject = { $account }의 마지막 복구 코드가 사용되었습니다
recovery-codes-exhausted-body =
    방금 { $product }의 { $account } 마지막 복구 코드가 사용되었습니다. 남은 코드가 없어 다른 인증 수단 없이는 더 이상 로그인할 수 없습니다.

    지금 새 코드를 만드세요.
    { $page }

    본인이 아니라면 지금 { $account } 관리자에게 알리세요.

device-trusted-subject = { $account }에서 새 기기를 신뢰합니다
device-trusted-body =
    { $product }의 { $account } 접속에서 기기 하나를 신뢰하게 되었습니다. 이 기기에서는 { $days }일 동안 코드를 묻지 않습니다.

    본인이 아니라면 "기기"에서 신뢰를 해제하고 비밀번호를 바꾸세요.

password-changed-subject = { $account } 비밀번호가 바뀌었습니다
password-changed-body =
    { $product }의 { $account } 비밀번호가 바뀌었습니다. 다른 세션은 끝났고 신뢰하는 기기는 없습니다.

    본인이 아니라면 지금 { $account } 관리자에게 알리세요.

factor-removed-subject = { $account }에서 인증 앱 하나가 제거되었습니다
factor-removed-body =
    { $product }에서 { $account }에 쓰던 인증 앱 하나가 제거되었습니다. 다른 인증 앱과 복구 코드는 계속 쓸 수 있습니다.

    본인이 한 일이 아니라면 지금 { $account } 관리자에게 알리고 비밀번호를 바꾸십시오.

recovery-codes-replaced-subject = { $account }의 새 복구 코드
recovery-codes-replaced-body =
    { $product }에서 { $account }의 복구 코드가 새로 만들어졌습니다. 이전 코드는 더 이상 쓸 수 없습니다.

    본인이 한 일이 아니라면 지금 { $account } 관리자에게 알리고 비밀번호를 바꾸십시오.

api-token-issued-subject = { $account } 계정에 새 API 토큰이 만들어졌습니다
api-token-issued-body =
    이제 프로그램이 토큰 "{ $name }"(으)로 { $account }에서 회원님 이름으로 { $product }을(를) 사용할 수 있습니다. { $days }일 동안 유효하며 회원님이 할 수 있는 일만 할 수 있습니다.

    본인이 만든 것이 아니라면 "프로그램" 페이지에서 토큰을 끝내고, 비밀번호를 바꾸고, 지금 { $account }의 관리자에게 알리세요.
policy-scheduled-subject = { $account }: 보안 정책 변경이 예약되었습니다
policy-scheduled-body =
    { $product }에서 { $account }의 보안 정책 변경이 예약되었습니다.

    { $date }에 추가 절차 없이 적용됩니다. 그 전까지 소유자와 관리자는 누구에게 영향을 주는지 미리 보고 예약을 취소할 수 있습니다.

policy-schedule-cancelled-subject = { $account }: 예약된 보안 정책이 취소되었습니다
policy-schedule-cancelled-body =
    { $product }에서 예약했던 { $account }의 보안 정책 변경이 취소되었습니다. 바뀌는 것은 없습니다.

password-change-demanded-subject = { $account } 비밀번호를 변경해야 합니다
password-change-demanded-body =
    누군가 귀하의 비밀번호로 { $product }의 { $account }에 로그인한 뒤 잘못된 코드를 열 번 연속 입력했습니다. 그래서 이 비밀번호는 더 이상 사용할 수 없으며, 이 비밀번호로 열린 모든 세션이 종료되었습니다. 인증기와 복구 코드는 그대로입니다.

    다른 곳에서 쓰지 않는 새 비밀번호를 정하십시오. { $page }에서 시작하거나 { $account } 관리자에게 링크를 요청하십시오.

    본인이 한 일이라도 새 비밀번호만 정하면 됩니다.

password-reset-subject = { $account } 새 비밀번호
password-reset-body =
    { $product }의 { $account } 접근에 쓸 새 비밀번호를 누군가 요청했습니다. 본인이 요청했다면 이 링크를 열어 비밀번호를 정하십시오. 링크는 { $minutes }분 동안 한 번만 쓸 수 있습니다:

    { $link }

    인증 앱과 복구 코드는 그대로입니다. 본인이 요청하지 않았다면 아무것도 하지 마십시오. 비밀번호는 바뀌지 않습니다.

email-change-subject = { $account } 새 주소 확인
email-change-body =
    이 주소가 { $product }의 { $account }에서 쓸 새 주소로 입력되었습니다. 이 링크를 열어 확인하십시오. 링크는 { $hours ->
        [168] 7일
       *[other] { $hours }시간
    } 동안 한 번만 쓸 수 있습니다:

    { $link }

    예상하지 못한 메시지라면 아무것도 하지 마십시오. 바뀌는 것이 없습니다.

email-taken-subject = { $account } 주소가 바뀌지 않았습니다
email-taken-body =
    이 주소가 { $product }의 { $account }에서 쓸 새 주소로 입력되었습니다. 이미 쓰이고 있는 주소이므로 아무것도 바뀌지 않았습니다.

    본인이 하지 않았다면 할 일은 없습니다.

email-change-asked-subject = { $account }에서 다른 주소가 요청되었습니다
email-change-asked-body =
    { $product }의 { $account } 접근에 쓸 다른 이메일 주소가 입력되었습니다. 그 주소에서 확인하기 전에는 아무것도 바뀌지 않습니다.

    본인이 하지 않았다면 { $hours ->
        [168] 7일
       *[other] { $hours }시간
    } 동안 쓸 수 있는 이 링크로 지금 주소를 지키십시오. 그런 다음 { $account } 관리자에게 알리고 비밀번호를 바꾸십시오:

    { $link }

email-change-told-subject = { $account }에서 다른 주소가 요청되었습니다
email-change-told-body =
    { $product }의 { $account } 접근에 쓸 다른 이메일 주소가 입력되었습니다. 그 주소에서 확인하기 전에는 아무것도 바뀌지 않습니다.

    그래서는 안 된다면 아래 링크로 본인이 아니라고 알리십시오. 로그인이 동결되고 { $account } 관리자가 확인합니다.

correction-ended-subject = { $account }: { $name } 님의 다른 주소가 확인되지 않았습니다
correction-ended-body =
    { $product }의 { $account } 관리자가 { $name } 님의 다른 이메일 주소를 요청했습니다. 확인되기 전에 요청이 끝났으며 그때 보낸 링크는 더 이상 쓸 수 없습니다.

    아직 필요하면 다시 요청하십시오. 먼저 { $name } 님의 로그인이 동결되었는지 보고 그 상태에서 주소를 바로잡으십시오.

email-change-cancelled-subject = { $account } 주소가 그대로 유지됩니다
email-change-cancelled-body =
    { $product }의 { $account }에서 요청된 다른 이메일 주소는 회원님의 주소가 되지 않습니다. 변경이 중단되었습니다.

    실수였다면 다시 요청하십시오.

email-changed-subject = { $account } 주소가 바뀌었습니다
email-changed-body =
    이제부터 { $product }의 { $account }에서 다른 이메일 주소를 씁니다. 72시간 동안은 잊은 비밀번호와 새 인증 앱을 이전 주소에서 확인합니다. 담당자가 주소를 바꾼 경우에는 두 주소 모두에서 확인하지 않습니다.

    본인이 하지 않았다면 지금 { $account } 관리자에게 알리십시오.

email-replaced-subject = { $account } 관리자가 주소를 교체했습니다
email-replaced-body =
    { $account } 담당자가 { $product }의 이메일 주소를 교체했습니다. 이전 주소로 들어온 사람이 남지 않도록 세션이 모두 끝났고 신뢰하는 기기도 없으며 이전 주소로 보낸 링크는 더 이상 쓸 수 없습니다. 다시 로그인하십시오. 72시간 동안은 잊은 비밀번호를 메일로 보내지 않고 새 인증 수단도 메일로 확인하지 않습니다.

    본인이 요청하지 않았다면 아래 링크로 알리거나 지금 { $account } 관리자에게 알리십시오.

email-given-back-subject = { $account } 주소가 이전 주소로 돌아갔습니다
email-given-back-body =
    마지막 변경 이전의 주소로 보낸 링크로 { $product }의 { $account } 비밀번호가 새로 설정되었습니다. 이제 그 주소를 다시 쓰고 바뀌었던 주소는 쓰지 않으며, 세션이 모두 끝났습니다.

    본인이 하지 않았다면 아래 링크로 알리거나 지금 { $account } 관리자에게 알리십시오.

deactivated-subject = { $account } 접근이 끝났습니다
deactivated-body =
    더 이상 { $product }로 { $account }에 로그인할 수 없습니다. 세션이 끝났고 신뢰하는 기기도 없습니다.

    예상하지 못한 일이라면 { $account } 관리자에게 문의하십시오.

reactivated-subject = { $account }에 다시 로그인할 수 있습니다
reactivated-body =
    { $account }에서 { $product }로 다시 로그인할 수 있게 했습니다. 먼저 이 링크를 열어 비밀번호를 정하십시오. 링크는 { $hours ->
        [168] 7일
       *[other] { $hours }시간
    } 동안 한 번만 쓸 수 있습니다:

    { $link }

    예상하지 못한 메시지라면 { $account } 관리자에게 알리십시오.

role-changed-subject = { $account }에서의 역할이 바뀌었습니다
role-changed-body =
    이제부터 { $product }의 { $account }에서 맡은 역할은 { $role ->
        [owner] 소유자
        [admin] 관리자
        [agent] 상담원
        [auditor] 감사인
       *[end_user] 사용자
    }입니다. 세션이 끝났고 신뢰하는 기기도 없습니다. 다시 로그인하십시오.

    예상하지 못한 일이라면 { $account } 관리자에게 문의하십시오.

provider-linked-subject = { $account }에 로그인하는 다른 방법
provider-linked-body =
    이제부터 { $product }의 { $account }에 { $provider }로 로그인할 수 있습니다.

    예상하지 못한 일이라면 지금 { $account } 관리자에게 알리십시오.

provider-unlinked-subject = { $account }에 로그인하는 방법 하나가 없어졌습니다
provider-unlinked-body =
    더 이상 { $product }의 { $account }에 { $provider }로 로그인할 수 없습니다.

    예상하지 못한 일이라면 { $account } 관리자에게 문의하십시오.

# 두 사람이 필요한 일을 문장 안에서 부르는 말입니다.
guarded-disable = 모든 사람의 2차 인증 끄기(모두 초기화됨)
guarded-suspend = 모든 사람의 2차 인증 일시 중지
guarded-reset-owner = 소유자의 2차 인증 초기화
guarded-exempt-owner = 소유자에게 한동안 2차 인증 면제
guarded-change-owner-identity = 소유자의 로그인 수단 변경
guarded-grant-owner-recovery = 잠긴 소유자를 코드로 한 번 로그인시키기
guarded-erase = 한 사람을 영구 삭제
guarded-demote-owner = 소유자의 역할 변경
guarded-deactivate-owner = 소유자 비활성화
guarded-grant-owner = 소유자 지정
guarded-transfer-ownership = 소유권 이전
guarded-grant-operator = 설치 운영자가 한동안 계정 안에서 작업하도록 허용
guarded-close-account = 계정 영구 폐쇄
guarded-change-governance = 이중 통제 대상 축소

approval-asked-subject = { $account }: 승인을 기다리는 일이 있습니다
approval-asked-body =
    { $account }에서 다음 일을 요청했습니다: { $act }.
    두 번째 소유자가 필요합니다. { $product }의 "승인 대기"에서 확인하고 승인하거나 취소하세요.

    승인하지 않으면 아무 일도 일어나지 않으며 요청은 { $until }에 끝납니다.

approval-waits-subject = { $account }: 취소하지 않으면 진행되는 일이 있습니다
approval-waits-body =
    { $account } 소유자가 다음 일을 요청했습니다: { $act }.
    승인할 두 번째 소유자가 없어 팀 전체에 알립니다. { $from }부터 실행할 수 있습니다.

    반대할 이유가 있으면 지금 { $account } 관리자에게 알리세요. 소유자와 관리자는 { $product }의 "승인 대기"에서 취소할 수 있습니다.

approval-used-subject = { $account }: 기다리던 일이 실행되었습니다
approval-used-body =
    { $account }에서 요청된 일: { $act }. 승인되었거나 대기가 끝나 { $product }에서 실행되었습니다.

    누가 요청하고 승인했는지와 시각은 기록에 있습니다. 있어서는 안 될 일이라면 지금 조치하세요.

approval-cancelled-subject = { $account }: 요청이 취소되었습니다
approval-cancelled-body =
    { $product }에서 { $account }에 요청하신 일: { $act }. 소유자 또는 관리자가 취소했으며 아무 일도 일어나지 않았습니다.

reset-scheduled-text = { $product }, { $account }: 담당자가 2차 인증 초기화를 요청했습니다. { $from }부터 적용됩니다. 인증 수단이 아직 있다면 그것으로 로그인하세요. 초기화가 취소됩니다.
reset-scheduled-subject = { $account } 2차 인증이 초기화될 예정입니다
reset-scheduled-body =
    { $account } 담당자가 { $product }의 2차 인증 초기화를 요청했습니다. { $from }부터 적용됩니다.

    인증 앱이나 복구 코드가 아직 있다면 그것으로 로그인하세요. 초기화가 취소됩니다. "내 보안"에서 취소할 수도 있습니다.
    본인이 요청했다면 그때까지 기다린 뒤 비밀번호로 로그인하여 다시 설정하세요.

reset-cancelled-subject = { $account } 2차 인증은 초기화되지 않습니다
reset-cancelled-body =
    2차 인증 수단이 사용되었거나, 본인 또는 팀의 누군가가 취소했거나, 비밀번호나 주소가 바뀌어 { $product }의 { $account } 2차 인증 초기화가 취소되었습니다.

    본인이 아니라면 지금 비밀번호를 바꾸고 { $account } 관리자에게 알리세요.

exempted-subject = 한동안 코드 없이 { $account }에 로그인할 수 있습니다
exempted-body =
    { $account } 관리자가 { $until }까지 비밀번호만으로 { $product }에 로그인할 수 있게 했습니다.
    저절로 끝납니다. 그때까지 이런 세션에서는 인증 앱을 설정할 수 없습니다.

    본인이 요청하지 않았다면 지금 { $account } 관리자에게 알리고 비밀번호를 바꾸세요.

exemption-ended-subject = { $account }에서 다시 코드를 요청합니다
exemption-ended-body =
    { $account } 관리자가 { $product }의 면제를 예정보다 일찍 끝냈습니다. 그에 따른 세션도 끝났습니다.

ticket-issued-subject = { $account } 등록 티켓
ticket-issued-body =
    { $account } 관리자가 { $product } 등록 티켓을 발급했습니다. 비밀번호와 함께 { $hours ->
        [168] 7일
       *[other] { $hours }시간
    } 안에 한 번, 첫 인증 앱을 설정할 수 있습니다.
    티켓은 메일이 아니라 관리자에게서 받습니다.

    본인이 요청하지 않았다면 지금 { $account } 관리자에게 알리고 비밀번호를 바꾸세요.

recovery-request-subject = { $account } 복구 코드
recovery-request-body =
    { $account } 비밀번호를 아는 사람이 { $product }에서 2차 인증 수단을 잃어버렸다고 했습니다.
    본인이라면 아래 코드를 입력하세요. 코드는 { $minutes }분 동안 한 번만 쓸 수 있습니다.

    { $code }

    본인이 아니라면 이 코드를 누구에게도 알려 주지 말고 지금 비밀번호를 바꾸세요.

recovery-waits-text = { $product }, { $account }: 누군가 비밀번호와 메일함으로 2차 인증 초기화를 요청했습니다. { $from }부터 적용됩니다. 본인이 아니라면 인증 수단으로 로그인하세요. 초기화가 취소됩니다.
recovery-waits-subject = { $account } 2차 인증이 초기화될 예정입니다
recovery-waits-body =
    비밀번호와 메일로 받은 코드로 누군가 { $product }의 { $account } 2차 인증 초기화를 요청했습니다. { $from }부터 적용됩니다.

    본인이 아니라면 인증 앱이나 복구 코드로 로그인하세요. 초기화가 취소됩니다. 그런 다음 비밀번호를 바꾸세요. { $account } 관리자도 취소할 수 있습니다.
    본인이 요청했다면 그때까지 기다린 뒤 비밀번호로 로그인하여 다시 설정하세요.

owner-recovery-waits-subject = { $account }: 이의가 없으면 소유자의 2차 인증이 초기화됩니다
owner-recovery-waits-body =
    { $account } 소유자가 2차 인증 수단을 잃어버렸다고 합니다. 그래서 팀 전체에 알립니다. { $from }부터 { $product }에서 새로 설정할 수 있습니다.

    반대할 이유가 있으면 지금 { $account } 소유자와 관리자에게 알리세요. { $product }의 "복구"에서 취소할 수 있습니다.

recovery-refused-subject = { $account } 복구 요청이 거부되었습니다
recovery-refused-body =
    누군가 2차 인증 없이 { $product }의 { $account }에 들어가려고 했습니다. 최근 3일 안에 비밀번호가 메일로 재설정되었거나 주소가 바뀌어 거부되었습니다.

    본인이라면 나중에 다시 시도하거나 인증 앱이나 복구 코드를 사용하세요. 본인이 아니라면 지금 비밀번호를 바꾸세요.

recovery-link-subject = { $account }에 다시 들어가는 방법
recovery-link-body =
    { $account } 관리자가 2차 인증 없이 { $product }에 한 번 들어갈 수 있게 해 주었습니다. 이 링크를 열어 코드를 확인하세요. 링크는 코드를 한 번만 보여 주며, 둘 다 { $until }까지 유효합니다.

    { $link }

    비밀번호 다음에 코드를 입력하세요. 그러면 이전 수단은 더 이상 쓸 수 없습니다. { $required ->
        [yes] 이어서 다른 수단을 설정하세요. { $account }에서 필수입니다.
       *[no] { $account }에서 필수는 아닙니다. 그때 다른 수단을 설정하거나 비밀번호만으로 다시 로그인하세요.
    }
    요청한 적이 없다면 지금 { $account } 관리자에게 알리세요.

recovery-granted-subject = 관리자가 { $account } 로그인을 도울 수 있습니다
recovery-granted-body =
    { $account } 관리자가 2차 인증 없이 { $product }에 한 번 들어갈 수 있는 코드를 받았습니다. { $until }까지 유효하며 관리자가 직접 알려 줍니다.

    요청한 적이 없다면 지금 { $account }의 다른 관리자에게 알리세요.

recovery-grant-revoked-subject = { $account } 복구 코드가 종료되었습니다
recovery-grant-revoked-body =
    2차 인증 없이 { $product }의 { $account }에 들어갈 수 있던 코드가 사용되기 전에 종료되었습니다. 2차 인증이나 비밀번호가 사용되거나 바뀌었거나 팀에서 종료했습니다.

wished-locked-out-subject = { $account }: 잠긴 사람이 있습니다
wished-locked-out-body =
    { $product }의 { $account }에서 { $name } 님이 틀린 시도 한도에 이르렀습니다({ $at }). 권한 있는 담당자가 잠금을 풀 때까지 더 시도할 수 없습니다.

    { $account }에서 이 종류의 알림을 받기로 했기 때문에 이 메시지를 보냅니다. 어떤 알림인지는 설정에 있습니다.

wished-team-changed-subject = { $account }: 팀이 바뀌었습니다
wished-team-changed-body =
    { $product }의 { $account }에서 { $name } 님이 팀에 들어오거나 나갔거나 역할이 바뀌었습니다({ $at }). 자세한 내용은 감사 로그에 있습니다.

    { $account }에서 이 종류의 알림을 받기로 했기 때문에 이 메시지를 보냅니다. 어떤 알림인지는 설정에 있습니다.

wished-policy-changed-subject = { $account }: 보안 정책이 변경되었습니다
wished-policy-changed-body =
    { $product }의 { $account } 보안 정책이 변경되었습니다({ $at }). 누가 바꾸었고 이전에 무엇이었는지는 감사 로그에 있습니다.

    { $account }에서 이 종류의 알림을 받기로 했기 때문에 이 메시지를 보냅니다. 어떤 알림인지는 설정에 있습니다.

wished-password-access-subject = { $account }: 프로그램이 비밀번호를 사용했습니다
wished-password-access-body =
    프로그램이 { $name } 님의 이메일 주소와 비밀번호로 { $product }의 { $account } API를 호출했습니다({ $at }). 이런 프로그램은 모두 연동 보고서에 나옵니다.

    { $account }에서 이 종류의 알림을 받기로 했기 때문에 이 메시지를 보냅니다. 어떤 알림인지는 설정에 있습니다.

report-ready-subject = { $account } 보고서가 준비되었습니다
report-ready-body =
    { $product }에서 요청하신 { $account } 보고서 { $report }이(가) 준비되었습니다. { $until }까지 받을 수 있습니다:

    { $page }

    이 링크는 로그인한 본인에게만 열립니다. 파일을 받으면 그 사실이 기록됩니다.

report-not-written-subject = { $account } 보고서를 만들지 못했습니다
report-not-written-body =
    { $product }에서 요청하신 { $account } 보고서 { $report }을(를) 만들지 못했습니다. 이유는 내 파일 페이지에서 볼 수 있습니다:

    { $page }

not-me =
    본인이 한 일이 아닙니까? 이 링크를 열어 로그인을 동결하세요. 모든 세션이 끝나고, 어떤 기기도 더는 신뢰되지 않으며, 돌아오실 때까지 아무도 들어올 수 없습니다:

    { $link }

frozen-subject = { $account } 로그인이 동결되었습니다
frozen-body =
    본인 또는 팀의 누군가가 본인이 한 일이 아니라고 알렸기 때문에 { $product }의 { $account } 로그인이 동결되었습니다. 모든 세션이 끝났고, 어떤 기기도 더는 신뢰되지 않으며, 비밀번호, 코드, 토큰 어느 것으로도 들어올 수 없습니다.

    돌아오는 길은 다음과 같습니다. 링크는 { $hours ->
        [168] 7일
       *[other] { $hours }시간
    } 동안 한 번만 쓸 수 있습니다. 그곳에서 새 비밀번호를 정하고, 2차 인증 수단이나 복구 코드를 제시합니다. 둘 다 없을 때 할 일도 그 페이지에 있습니다:

    { $link }

    끝난 것은 본인의 것뿐입니다. { $account } 관리를 돕고 계시다면, 본인 이름으로 주어진 프로그램과 토큰, 운영자 허락, 코드, 역할, 정책은 소유자나 관리자가 콘솔의 프로그램, 운영자, 복구, 사용자, 정책에서 끝낼 때까지 그대로 남습니다.

    서두르지 않으셔도 됩니다. 로그인 페이지에서 다른 링크를 요청할 수 있습니다.

frozen-told-subject = { $account } 로그인이 동결되었습니다
frozen-told-body =
    누군가가 본인이 한 일이 아니라고 알렸기 때문에 { $product }의 { $account } 로그인이 동결되었습니다. 비밀번호, 코드, 토큰 어느 것으로도 열리지 않습니다.

    이 로그인의 주소가 변경되었습니다. 돌아오는 길은 이 주소가 아닌 다른 주소로 보냈습니다. 본인의 로그인이고 이것이 맞지 않다면 { $account }의 관리자에게 알려 주십시오.

way-back-subject = { $account }(으)로 돌아오는 길
way-back-body =
    { $product }의 { $account } 로그인이 동결되어 있습니다. 이 링크로 돌아오실 수 있습니다. { $hours ->
        [168] 7일
       *[other] { $hours }시간
    } 동안 한 번만 쓸 수 있으며, 링크 외에 무엇이 필요한지는 페이지에 있습니다:

    { $link }

    요청하지 않으셨다면 아무것도 하지 마세요. 로그인은 동결된 채로 있습니다.

thaw-waits-subject = { $account } 로그인이 곧 2차 인증 수단 없이 열릴 수 있습니다
thaw-waits-body =
    { $product }의 { $account } 로그인이 동결되어 있습니다. 2차 인증 수단 없이 열어 달라는 요청이 있었습니다. { $from }부터는 이메일 주소로 보내는 링크와 새 비밀번호만으로 충분합니다.

    본인이 요청하셨다면 그때까지 기다렸다가 로그인 페이지에서 링크를 요청하세요.

owner-thaw-waits-subject = { $account }: 소유자가 곧 2차 인증 수단 없이 돌아옵니다
owner-thaw-waits-body =
    { $product }의 { $account } 소유자 한 사람의 로그인이 동결되어 있고, 그 소유자에게는 제시할 2차 인증 수단이 없습니다. { $from }부터는 그 이메일 주소로 보내는 링크와 새 비밀번호만으로 충분합니다.

    반대할 이유를 아신다면 지금 { $account }의 관리자에게 알리세요. 소유자와 관리자는 { $product }에서 중단할 수 있습니다.

thaw-stopped-subject = { $account } 로그인은 계속 동결됩니다
thaw-stopped-body =
    { $product }의 { $account }(으)로 2차 인증 수단 없이 돌아오는 길이 중단되었습니다. 로그인은 동결된 채로 있습니다.

    본인이 요청하셨다면 { $account }의 관리자에게 문의하세요.

thawed-subject = { $account } 로그인이 다시 됩니다
thawed-body =
    { $product }의 { $account } 로그인 동결이 풀렸습니다. ID 공급자로만 로그인하는 경우가 아니면 새 비밀번호가 설정되었습니다. 2차 인증 수단은 전과 같으며, 로그인할 때 묻습니다.

operator-admin-link = 팀원의 설정 링크 생성
operator-admin-unlock = 한 사람의 잠금 해제
operator-read-names = 사람들의 이름이 담긴 보고서 출력
operator-import-tokens = 하드웨어 토큰을 재고에 추가

operator-granted-subject = { $account }: 운영자가 계정 안에서 작업할 수 있습니다
operator-granted-body =
    { $account }의 소유자가 { $product } 설치의 운영자에게 { $until }까지 계정 안에서 작업하도록 허용했습니다. 무엇을 위해, 왜인지는 "운영자" 페이지에 있습니다.

    그래서는 안 된다면 지금 그곳에서 끝내세요.

operator-acted-subject = { $account }: 운영자가 계정 안에서 작업했습니다
operator-acted-body =
    { $at }에 { $product } 설치의 운영자가 { $account }에서 다음 작업을 했습니다: { $act }. 감사 로그에 남아 있습니다.

    허용한 소유자가 없다면 지금 서로 알리세요.

operator-made-link-subject = { $account } 비밀번호를 정하는 링크가 만들어졌습니다
operator-made-link-body =
    { $product } 설치의 운영자가 { $account }의 새 비밀번호를 정하는 링크를 만들었습니다. 30분 동안 쓸 수 있습니다. 2차 인증 수단은 그대로입니다.

    요청하지 않으셨다면 지금 { $account }의 소유자에게 알리세요.
