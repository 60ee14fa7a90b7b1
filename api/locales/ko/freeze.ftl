# "본인이 한 일이 아닙니다": 로그인 동결과 돌아오는 길. 계정 안의 설치 운영자.

state-frozen = 동결됨
rule-frozen = 본인이 한 일이 아니라고 알림
obstacle-frozen = 로그인이 동결되어 있습니다.
obstacle-frozen-fix = 메일로 받는 링크로 돌아옵니다. 아래에서 보증할 수 있습니다.

event-UserFrozen = 로그인 동결됨
event-ThawAllowed = 2차 인증 수단 없이 돌아오는 길이 열림
event-ThawStopped = 2차 인증 수단 없이 돌아오는 길이 닫힘
event-UserThawed = 로그인이 다시 됨
event-OperatorGranted = 운영자가 이 계정에서 작업하도록 허용됨
event-OperatorGrantRevoked = 운영자 허용이 끝남
told-thaw-from = { $v }부터 열림
value-way-back = 동결된 로그인으로 돌아오는 길
value-way-frozen = 동결된 로그인
value-thaw = 돌아오기
value-frozen-own-link = 본인에게 보낸 알림의 링크로
value-frozen-former-link = 이전 주소로 보낸 알림의 링크로
value-frozen-self = 본인이
value-frozen-staff = 담당자가
value-thawed-factor = 2차 인증 수단 또는 복구 코드로
value-thawed-allowed = 허용된 대로 2차 인증 수단 없이
value-objected-frozen = 로그인이 동결됨
value-grant-operator = 운영자가 이 계정에서 작업하도록 허용
value-admin-link = 팀원의 설정 링크 생성
value-admin-unlock = 한 사람의 잠금 해제
value-read-names = 사람들의 이름이 담긴 보고서 출력
value-import-tokens = 하드웨어 토큰을 재고에 추가

guarded-operator = 운영자의 작업 허용
guarded-operator-hint = 한동안, 설치의 명령줄에서.

not-me-title = 본인이 한 일이 아닙니까?
not-me-lead = { $v }의 { $w } 로그인을 동결합니다.
not-me-what = 모든 기기의 모든 세션이 끝납니다. 어떤 기기도 더는 신뢰되지 않습니다. 새 비밀번호로 돌아오실 때까지 비밀번호, 코드, 링크, API 토큰 어느 것으로도 들어올 수 없습니다.
not-me-back = 이메일 주소로 보내는 링크와 2차 인증 수단 또는 복구 코드로 돌아옵니다. 둘 다 없으면 시간이 더 걸립니다.
not-me-freeze = 내 로그인 동결
own-not-me = 여기에 본인이 하지 않은 일이 있습니까?
own-not-me-hint = 지금 로그인을 동결하세요. 이 세션을 포함해 모든 곳에서 로그아웃됩니다.

frozen-title = 로그인이 동결되었습니다
frozen-lead = 이제 아무도, 본인도 이 이름으로 들어올 수 없습니다.
frozen-next = 다음에 할 일
frozen-next-mail = 링크를 보냈습니다. 링크를 열어 2차 인증 수단이나 복구 코드를 제시하고 새 비밀번호를 정하세요.
frozen-next-again = 다른 링크 받기
frozen-recent = 최근에 있었던 일
frozen-recent-lead = 이 가운데 본인이 하지 않은 일을 관리자에게 알리세요.
frozen-recent-none = 보여 드릴 것이 없습니다.
frozen-gave = 본인 이름으로 이루어진 일
frozen-gave-lead = 동결해도 이것들은 끝나지 않습니다. 소유자나 관리자가 콘솔의 프로그램, 운영자, 복구, 사용자, 정책에서 끝낼 때까지 그대로 남습니다. 본인이 하지 않은 일을 바로 알리세요.

frozen-ask-title = 동결된 로그인으로 돌아오기
frozen-ask-lead = { $v }에서 이 주소의 로그인이 동결되어 있으면 돌아오는 링크를 보냅니다.
frozen-ask-send = 링크 보내기
frozen-ask-link = 로그인이 동결되었습니까?
said-way-back-mailed = 그 주소의 로그인이 동결되어 있으면 링크가 곧 도착합니다.
said-thawed = 로그인이 다시 됩니다. 새 비밀번호로 로그인하세요.
said-froze = 로그인을 동결했고 본인에게 알렸습니다.
said-vouched = 돌아오는 링크를 본인에게 보냈습니다.
said-thaw-waits = 본인에게 알렸습니다. 대기가 끝나면 링크에 2차 인증 수단이 필요 없습니다.

thaw-title = 로그인으로 돌아오기
thaw-lead = { $v }의 { $w } 로그인이 동결되어 있습니다. 돌아오려면 새 비밀번호를 정하세요.
thaw-no-code = 이 링크 외에 코드가 더는 필요 없습니다.
thaw-do = 돌아오기
thaw-nothing = 해당하는 것이 없습니다
thaw-has-nothing = 여기에는 제시할 2차 인증 수단이 없습니다.
thaw-wait-lead = 그러면 대기가 대신합니다. 가능한 모든 방법으로 알려 드리며, 관련된 누구나 중단할 수 있습니다.
thaw-wait-do = 대기 요청
thaw-team-lead = 그러면 팀의 소유자나 관리자가 보증해야 합니다. 부탁하신 뒤 링크를 다시 받으세요.
thaw-waits-until = 코드 없이 되는 시점
thaw-waits-later = 그때 다른 링크를 받으세요.
thaw-doubted = 아직은 할 수 없습니다. 얼마 전에 비밀번호가 메일로 재설정되었거나 주소가 바뀌었습니다. { $v }에 다시 오세요.
thaw-same = 전에 쓰지 않던 비밀번호를 정하세요.
thaw-signs-in-as = 이제부터 { $v } 주소로 로그인합니다.

freeze-somebody = 로그인 동결
freeze-somebody-hint = 다른 사람이 들어왔을 수 있을 때: 모든 세션이 끝나고, 아무것도 신뢰되지 않으며, 본인이 새 비밀번호로 돌아올 때까지 아무도 들어올 수 없습니다.
unfreeze-somebody = 돌아오는 길 보증
unfreeze-somebody-hint = 본인의 요청이 확실할 때만. 당신에게는 아무것도 보이지 않습니다.
unfreeze-team-hint = 본인에게 링크를 보내며, 2차 인증 수단이 필요 없습니다. 새 비밀번호를 정하게 되고, 당신에게는 아무것도 보이지 않습니다. 본인의 요청인지 확인하세요.
unfreeze-customer-hint = 본인에게 링크를 보냅니다. 2차 인증 수단 없이는 72시간 뒤에 되며, 본인에게 알립니다.
frozen-since = 동결 시점
frozen-opens = 2차 인증 수단 없이 열리는 시점

menu-operator = 운영자
operator-title = 이 설치의 운영자
operator-lead = 서버를 운영하는 사람은 이 계정에서 아무 역할도 없습니다. 소유자가 허용하는 동안에만 여기서 작업하며, 매번 감사 로그에 남고 소유자에게 알립니다.
operator-none = 운영자에게 허용된 것이 없습니다.
operator-now = 허용 기한
operator-by = 허용한 사람
operator-end = 지금 끝내기
operator-grant = 운영자의 작업 허용
operator-what = 무엇을 위해
operator-scope-link = 팀원의 설정 링크 생성
operator-scope-unlock = 한 사람의 잠금 해제
operator-scope-read = 사람들의 이름이 담긴 보고서 출력
operator-scope-import = 하드웨어 토큰을 재고에 추가
operator-hours = 몇 시간 동안(최대 72)
operator-for-hours = { $n }시간 동안
operator-do = 허용
operator-limit = 프로그램은 이를 지킵니다. 데이터베이스와 마스터 키를 가진 사람은 묻지 않고도 모두 읽을 수 있습니다. 가명 보고서와 로그 검사에는 허용이 필요 없습니다.
operator-acts = 한 일
operator-acts-none = 아직 없습니다.
operator-wrong = 무엇을 위해서인지와 1에서 72까지의 시간을 고르세요.
said-operator-granted = 이제 운영자가 작업할 수 있으며 소유자들에게 알렸습니다.
said-operator-ended = 운영자는 더는 작업할 수 없습니다.
