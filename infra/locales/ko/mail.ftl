# 개인에게 보내는 메시지. 모든 메시지는 제품과 계정의 이름을 밝힙니다.

signature =
    {"-- "}
    { $account } · { $product }

invitation-subject = { $account } 초대
invitation-body =
    { $account }에서 { $product } 로그인에 초대했습니다.

    아래 링크를 열어 비밀번호를 정하세요. 링크는 { $hours }시간 동안 한 번만 쓸 수 있습니다.

    { $link }

    예상하지 못한 메시지라면 아무것도 하지 않으셔도 됩니다.

set-up-subject = { $account } 접속 설정
set-up-body =
    아래 링크에서 { $product }의 { $account } 비밀번호를 정할 수 있습니다. 링크는 { $minutes }분 동안 한 번만 쓸 수 있습니다.

    { $link }

    예상하지 못한 메시지라면 아무것도 하지 않으셔도 됩니다.

first-binding-code-subject = { $account } 확인 코드
first-binding-code-body =
    { $account } 비밀번호를 아는 사람이 { $product }에서 2단계 인증을 설정하고 있습니다.
    본인이라면 아래 코드를 입력하세요. 코드는 { $minutes }분 동안 한 번만 쓸 수 있습니다.

    { $code }

    본인이 아니라면 이 코드를 누구에게도 알려 주지 말고 지금 비밀번호를 바꾸세요.

two-factor-enabled-subject = { $account } 2단계 인증이 켜졌습니다
two-factor-enabled-body =
    이제부터 { $product }에 로그인할 때 { $account }에서 코드를 요청합니다.

    본인이 켜지 않았다면 지금 { $account } 관리자에게 알리세요.

two-factor-reset-subject = { $account } 2단계 인증이 초기화되었습니다
two-factor-reset-body =
    { $product }의 { $account }에서 인증 앱, 복구 코드, 신뢰할 수 있는 기기를 더 이상 쓸 수 없습니다.
    2단계 인증이 필수라면 다음에 로그인할 때 다시 설정하게 됩니다.

    본인이 요청하지 않았다면 지금 { $account } 관리자에게 알리세요.

two-factor-disabled-subject = { $account }에서 2단계 인증을 껐습니다
two-factor-disabled-body =
    { $account }에서 { $product }의 2단계 인증을 모든 사람에 대해 껐습니다.
    인증 앱, 복구 코드, 신뢰할 수 있는 기기를 더 이상 쓸 수 없습니다.
    다시 켜면 모두가 처음부터 설정합니다.

own-two-factor-disabled-subject = { $account }의 내 2단계 인증이 꺼졌습니다
own-two-factor-disabled-body =
    { $product }에서 { $account }의 내 2단계 인증을 껐습니다. 이제부터 비밀번호만 묻습니다.
    인증 앱, 복구 코드, 신뢰할 수 있는 기기를 더 이상 쓸 수 없습니다.

    본인이 한 일이 아니라면 지금 { $account } 관리자에게 알리고 비밀번호를 바꾸십시오.

recovery-code-used-subject = { $account } 복구 코드가 사용되었습니다
recovery-code-used-body =
    방금 { $product }의 { $account } 복구 코드 하나가 사용되었습니다. 남은 코드: { $left }개.

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

policy-scheduled-subject = { $account }: 보안 정책 변경이 예약되었습니다
policy-scheduled-body =
    { $product }에서 { $account }의 보안 정책 변경이 예약되었습니다.

    { $date }(UTC)에 추가 절차 없이 적용됩니다. 그 전까지 소유자와 관리자는 정책 페이지에서 누구에게 영향을 주는지 미리 보고 예약을 취소할 수 있습니다.

policy-schedule-cancelled-subject = { $account }: 예약된 보안 정책이 취소되었습니다
policy-schedule-cancelled-body =
    { $product }에서 예약했던 { $account }의 보안 정책 변경이 취소되었습니다. 바뀌는 것은 없습니다.
