# Lo que la rodea
menu-approvals = Aprobaciones
approvals-yours =
    { $n ->
        [one] , { $n } espera por usted
       *[other] , { $n } esperan por usted
    }
approvals-own = Lo pidió usted. Lo aprueba otro propietario; hasta entonces solo puede cancelarlo.
approvals-own-waits = Lo pidió usted. Cuando llegue el momento lo lleva a cabo aquí, salvo que alguien lo cancele.
approvals-open =
    { $n ->
        [0] Nada pendiente
        [one] { $n } pendiente
       *[other] { $n } pendientes
    }
policy-places = Más sobre las reglas
policy-kinds = Tipos de segundo factor
policy-meant-changed = Afecta a otras personas.
yes = sí
no = no
hours =
    { $n ->
        [one] { $n } hora
       *[other] { $n } horas
    }
days =
    { $n ->
        [one] { $n } día
       *[other] { $n } días
    }
concerns-admins =
    { $n ->
        [0] Ahora no hay administradores.
        [one] Afecta a { $n } administrador.
       *[other] Afecta a { $n } administradores.
    }
concerns-owners =
    { $n ->
        [one] Hay { $n } propietario.
       *[other] Hay { $n } propietarios.
    }
concerns-team =
    { $n ->
        [one] Afecta a { $n } miembro del equipo.
       *[other] Afecta a { $n } miembros del equipo.
    }

# Doble control
governance-title = Doble control
governance-lead = Qué no puede hacer una persona sola, y quién puede activar o desactivar la autenticación de dos factores para todos.
governance-owner-only = Puede leerlo, pero no cambiarlo: solo puede un propietario.
governance-dual = Actos que requieren a dos
governance-dual-hint = Un segundo propietario aprueba el acto. Donde nadie más podría aprobarlo, espera 72 horas, se avisa a todo el equipo y cualquier propietario o administrador puede cancelarlo. Nombrar un propietario, ceder la propiedad y cerrar la cuenta siempre requieren a dos.
governance-now = Ahora requieren a dos:
governance-now-none = ninguno de ellos
governance-default = Según el número de propietarios
governance-default-hint = Lo predeterminado: todos los actos de abajo a partir de dos propietarios; antes, solo la ayuda a un propietario.
governance-chosen = Solo lo que se marque aquí
governance-chosen-hint = Sean cuantos sean los propietarios. Con uno solo, un acto marcado espera 72 horas.
governance-fixed = Siempre requiere dos; no se puede elegir.
guarded-disable = Desactivar para todos
guarded-disable-hint = Restablece todas las inscripciones de la cuenta.
guarded-suspend = Suspender para todos
guarded-suspend-hint = No se pide código a nadie hasta que se reanude.
guarded-help-owner = Ayudar a un propietario: restablecer, eximir, un código, otra dirección
guarded-help-owner-hint = De otro modo, un propietario podría apoderarse del acceso de otro.
guarded-erase = Borrar a una persona
guarded-erase-hint = Sus datos quedan ilegibles para siempre.
governance-others = Otros poderes
governance-switch = Los administradores pueden desactivar, suspender, reanudar y activar para todos
governance-switch-hint = De otro modo, solo los propietarios. El doble control rige también para ellos.
governance-waive = El equipo puede prescindir a la vez de contraseña y código
governance-waive-hint = En un dispositivo de confianza con la sesión abierta. De otro modo siempre se pide una de las dos cosas.
governance-reason = Motivo
governance-reason-hint = Solo hace falta para retirar actos del doble control, lo que a su vez requiere un segundo propietario o una espera. Lo ve quien pueda leer el registro.
governance-reason-wrong = Retirar actos del doble control requiere un motivo de 1 a 500 caracteres.
governance-guarded =
    { $n ->
        [0] Ningún acto requiere a dos
        [one] { $n } acto requiere a dos
       *[other] { $n } actos requieren a dos
    }
said-governed = Las reglas del doble control se han guardado y rigen desde ahora.

# El límite del propietario
floor-title = El límite del propietario
floor-lead = Las reglas más laxas que los administradores pueden guardar o programar. Predeterminado: ninguno, y los administradores guardan cualquier regla dentro de sus márgenes. Los propietarios están por encima. Lo que ya rige no cambia.
floor-is-set = Hay un límite
floor-is-none = Sin límite
floor-none-hint = El formulario empieza con las reglas de una cuenta nueva.
floor-looser = Las reglas actuales son más laxas que este límite. Los administradores no pueden volver a guardarlas en:
floor-save = Fijar este límite
floor-remove = Quitar el límite
floor-set =
    { $n ->
        [0] No hay límite
        [1] Fijado para uno de dos
       *[other] Fijado para ambos
    }
said-floor-set = El límite está fijado. Desde ahora los administradores no pueden rebasarlo.
said-floor-gone = El límite se ha quitado.

# Perfiles
profile-title = Perfil y conformidad
profile-lead = Un perfil es un conjunto de reglas con nombre. Elegirlo no cambia ningún ajuste: esta página dice entonces, regla por regla, dónde se cumple y dónde no. Predeterminado: ninguno. No afecta al acceso de nadie.
profile-none = Sin perfil
profile-none-hint = La cuenta no se atiene a ningún conjunto de reglas.
profile-nist-aal2 = NIST AAL2
profile-nist-aal2-hint = NIST SP 800-63B-4, nivel 2 de garantía de autenticación.
profile-pci-dss-4 = PCI DSS 4
profile-pci-dss-4-hint = PCI DSS 4.0.1, requisito 8.
profile-seed = Una cuenta nueva
profile-seed-hint = Con lo que empieza toda cuenta; no se cumple donde las reglas se aflojaron después.
profile-source-seed = como en una cuenta nueva
profile-chosen = Elegido
profile-choose = Elegir
profile-choose-none = No elegir ninguno
profile-meets = cumple { $v } de { $w } reglas
profile-rules = { $v }, regla por regla
profile-wanted = Se exige
profile-value = Las reglas dicen
profile-met = Se cumple
profile-missed = No se cumple
profile-at-most = como mucho { $n }
profile-at-least = al menos { $n }
profile-rule-second-factor-of-everyone = Se exige un segundo factor a todos, sin plazo de gracia, y se pide
profile-rule-no-remembered-device = Días durante los que se recuerda un dispositivo
profile-rule-reauthentication-hours = Horas hasta volver a iniciar sesión
profile-rule-idle-minutes = Minutos hasta que termina una sesión inactiva
profile-rule-password-length = Caracteres de una contraseña junto a un segundo factor
profile-rule-password-length-alone = Caracteres de una contraseña sola
profile-rule-consecutive-failures = Intentos fallidos seguidos en todos los dispositivos juntos
profile-rule-failures-before-lockout = Intentos fallidos hasta el bloqueo
profile-rule-api-without-password = El correo y la contraseña nunca abren la API
profile-rule-trust-days = Días de confianza en un dispositivo
profile-rule-stay-signed-in-days = Días con la sesión abierta sin contraseña
profile-rule-failure-limit = Intentos fallidos hasta el bloqueo
said-profile-chosen = La elección se ha guardado. No ha cambiado ningún ajuste.

# Reglas programadas
schedule-title = Reglas programadas
schedule-lead = Unas reglas pueden empezar por sí solas en una fecha. Se puede programar una vez para cada grupo, con un año de antelación como mucho; hasta que empiecen se pueden retirar. Predeterminado: ninguna.
schedule-none = No hay nada programado
schedule-first = Lo próximo empieza el { $v }
schedule-begins = Empieza el
schedule-changes = Qué cambia entonces
schedule-same = Nada, comparado con las reglas de hoy.
schedule-pending = Quién no cumpliría ese día, según la situación actual
schedule-forecast = Ver a todos
schedule-withdraw = Retirar
schedule-one = Programar unas reglas
schedule-day = Empieza el día ({ $v })
schedule-day-hint = Empieza con el primer minuto de ese día.
schedule-begins-wrong = Un día del { $v } al { $w }.
schedule-policy = Qué regirá entonces
schedule-policy-hint = Empieza como las reglas de hoy.
schedule-preview = Ver a quién afecta
confirm-schedule-title = ¿Programar estas reglas?
confirm-schedule = Programar
effect-schedule = Rigen desde el comienzo del { $v }, sin que nadie haga nada.
effect-schedule-told = Se avisa por correo a propietarios y administradores.
confirm-withdraw-title = ¿Retirar estas reglas?
effect-withdraw = Habrían empezado el { $v }. En su lugar siguen las de hoy.
error-withdraw-floor = Solo un propietario puede retirarlas
error-withdraw-floor-advice = Lo que seguiría rigiendo es más laxo que el límite que el propietario fijó a los administradores.
said-scheduled = Las reglas están programadas. Se ha avisado a propietarios y administradores.
said-already-scheduled = Ya hay reglas programadas para estas personas. Retírelas primero.
said-withdrawn = Las reglas se han retirado. No empezarán.

# Previsión
forecast-title = Quién no cumpliría
forecast-short = Cualquier día por venir
forecast-lead = Quienes tendrían que configurar un segundo factor antes que nada en un día, si nada cambia hasta entonces: cuentan las exenciones que habrán terminado, los plazos de gracia vencidos y las reglas programadas.
forecast-on = El día
forecast-at = En
forecast-nobody = Todos cumplirían.
forecast-past = Ese día ya pasó. Del pasado habla el informe de estado.

# Cierre
close-title = Cerrar la cuenta
close-short = Para siempre; requiere a dos
confirm-close-title = ¿Cerrar esta cuenta para siempre?
confirm-close = Pedir el cierre
effect-close-people =
    { $n ->
        [one] { $n } persona ya no puede iniciar sesión; todas las sesiones terminan.
       *[other] { $n } personas ya no pueden iniciar sesión; todas las sesiones terminan.
    }
effect-close-enrolled =
    { $n ->
        [one] El segundo factor de { $n } persona ya no abre nada.
       *[other] Los segundos factores de { $n } personas ya no abren nada.
    }
effect-close-programs =
    { $n ->
        [0] Ningún programa usa la API en su propio nombre.
        [one] { $n } programa pierde el acceso a la API.
       *[other] { $n } programas pierden el acceso a la API.
    }
effect-close-schedules =
    { $n ->
        [one] { $n } cambio programado no empieza nunca.
       *[other] { $n } cambios programados no empiezan nunca.
    }
effect-close-approvals =
    { $n ->
        [one] { $n } acto pendiente de aprobación no se lleva a cabo nunca.
       *[other] { $n } actos pendientes de aprobación no se llevan a cabo nunca.
    }
effect-close-log = El registro queda, y quien gestiona el servidor aún puede leerlo.
effect-close-final = No hay vuelta atrás.
takes-at-once = Ocurre al instante.
takes-second-owner = Requiere un segundo propietario: no ocurre nada antes de que otro propietario lo apruebe.
takes-wait = Nadie más puede aprobarlo, así que espera 72 horas. Se avisa a todo el equipo, y cualquier propietario o administrador puede cancelarlo.

# Ayuda para una persona
second-factor = Segundo factor
help-waits = Hay un restablecimiento en espera. Rige desde el
help-asked-by = Lo pidió
help-waits-hint = Esa persona puede oponerse en «Su seguridad», o usando su segundo factor hasta entonces. Quien puede ayudarla también puede detenerlo.
help-exempt-until = Exenta del segundo factor hasta el
help-exempt-end = Terminar ya la exención
help-ticket-open = Hay un vale de alta abierto hasta el
help-unlock = Levantar sus bloqueos
help-unlock-hint = Tras demasiados intentos fallidos no se mira nada hasta entonces.
help-ticket = Emitir un vale de alta
help-ticket-hint = Un código que, con su contraseña, configura un segundo factor. Se lo dice usted en persona.
help-exempt = Eximir por un tiempo
help-exempt-hint = Inicia sesión solo con la contraseña hasta que termine por sí sola.
help-reset = Restablecer su segundo factor
help-reset-hint = Para un teléfono perdido o en malas manos. Primero verá qué hace.
obstacle-title = Ahora no puede configurar un segundo factor
obstacle-event = Lo causó
obstacle-fix = Qué ayuda
obstacle-erased = Esta persona fue borrada.
obstacle-erased-fix = Nada. Añádala de nuevo.
obstacle-deactivated = Está dada de baja.
obstacle-deactivated-fix = Permítale iniciar sesión de nuevo, más abajo.
obstacle-no-password = Todavía no ha elegido una contraseña.
obstacle-no-password-fix = Que use el enlace de su invitación; más abajo puede enviar otra.
obstacle-password-spent = Tras su contraseña se mostraron demasiados códigos incorrectos, así que ya no abre nada.
obstacle-password-spent-fix = Que elija otra en «¿Ha olvidado su contraseña?».
obstacle-hard-cap = Demasiados intentos fallidos la bloquearon.
obstacle-hard-cap-fix = Levante sus bloqueos.
obstacle-tries-spent = Demasiados códigos incorrectos seguidos: durante un rato no se comprueba ninguno.
obstacle-tries-spent-fix = Esperan un poco, o usted levanta sus bloqueos.
obstacle-account-disabled = La autenticación de dos factores está desactivada para todos en esta cuenta.
obstacle-account-disabled-fix = Un propietario la activa de nuevo en Reglas.
obstacle-exemption = Está exenta, y una sesión sin segundo factor no configura ninguno.
obstacle-exemption-fix = Espere a que termine, o termínela ya.
obstacle-ticket-needed = Tras un compromiso solo un vale de alta configura uno nuevo.
obstacle-ticket-needed-fix = Emita un vale de alta.
obstacle-compromise-fresh = Tras un compromiso dejó el equipo: uno nuevo se configura 72 horas después del cambio de rol, pues nadie emite vales para clientes.
obstacle-compromise-fresh-fix = Espere, o devuélvale un rol del equipo.
obstacle-mailbox-too-fresh = Su contraseña se restableció por correo, y el mismo buzón no avala un factor nuevo durante 72 horas.
obstacle-mailbox-too-fresh-fix = Espere, o emita un vale de alta si es del equipo.
obstacle-address-replaced = El equipo sustituyó su dirección de correo, y el buzón nuevo no avala un factor durante 72 horas.
obstacle-address-replaced-fix = Espere, o emita un vale de alta si es del equipo.
obstacle-nothing-to-bind = Ninguno de los tipos que la política les permite puede configurarse en esta instalación.
obstacle-nothing-to-bind-fix = Permita otro tipo en Política, o pida a quien gestiona la instalación que configure lo que falta.
obstacle-too-many-factors = Tiene tantos segundos factores como se pueden tener.
obstacle-too-many-factors-fix = Que elimine uno que ya no use.
effect-reset-waits = No ocurre nada durante 72 horas. Se le avisa enseguida, por todos los medios que haya.
effect-reset-object = Si se opone, o usa su segundo factor en ese tiempo, queda sin efecto.
confirm-reset-later = Pedir el restablecimiento
confirm-ticket-title = ¿Emitir un vale de alta?
confirm-ticket = Emitir y mostrar
effect-ticket = Con él y su contraseña configura un segundo factor; no hace falta un código por correo.
effect-ticket-once = Vale una vez, durante 24 horas, y admite cinco intentos fallidos. Uno más nuevo lo sustituye.
effect-ticket-tell = Dígaselo en persona o por teléfono, no por correo.
ticket-title = El vale de alta
ticket-shown-once = Se muestra ahora y nunca más. Quien lo tenga junto con la contraseña puede configurar el segundo factor.
ticket-done = Ya se lo he dicho
confirm-exempt-title = ¿Eximir a esta persona por un tiempo?
confirm-exempt = Eximir
exempt-for = Por cuánto tiempo
exempt-for-hint = Desde ahora; como mucho siete días. Si requiere un segundo propietario, deje tiempo para ello.
effect-exempt = Inicia sesión solo con la contraseña; lo que requiere un segundo factor le queda cerrado.
effect-exempt-end = Termina por sí sola, y con ella las sesiones que se apoyan en ella. Su segundo factor queda como está.
effect-exempt-binds = Entretanto nadie configura ni cambia un segundo factor con una sesión así.
effect-exempt-lock = No levanta ningún bloqueo. Una exención más nueva la sustituye.
said-already-waits = Lo mismo ya se había pedido. Está pendiente.
said-exempted = Puede iniciar sesión sin segundo factor hasta que termine la exención. Se le ha avisado por correo.
said-exemption-ended = La exención ha terminado.
error-not-enabled = No tiene un segundo factor
error-not-enabled-advice = No hay nada que restablecer.
error-has-factor = Ya tiene un segundo factor
error-has-factor-advice = Un vale configura el primero. Si lo ha perdido, restablézcalo antes.
error-ticket-team = Los vales son para miembros del equipo
error-ticket-team-advice = Nadie emite uno para un cliente. Un restablecimiento espera 72 horas; después configura un factor nuevo con un código por correo.
error-resets-spent = Ha pedido bastantes restablecimientos en esta hora
error-resets-spent-advice = Espere un poco, o pídalo a un administrador.
error-help-spent = Esta persona recibió ya toda la ayuda de este tipo que hay en una hora o en un día
error-help-spent-advice = Cada vez se le avisa por todas las vías. Espere un poco.
error-people-spent = Ya ha ayudado a tantas personas distintas como se puede en una hora, o en un día
error-people-spent-advice = Queda registrado. Espere un poco, o pídalo a otro administrador.
error-address-disputed = Alguien de la dirección anterior impugna este cambio
error-address-disputed-advice = Da su palabra otra persona del equipo, no quien hizo el cambio, u otro propietario; o corrija antes la dirección.
error-address-in-correction = Se está corrigiendo esta dirección, y la nueva aún no está confirmada
error-address-in-correction-advice = Ningún camino de vuelta va a la que está mal. Haga confirmar la nueva, pida otra o cancele el cambio, y dé su palabra después.
error-already-frozen = Este acceso ya está congelado
error-already-frozen-advice = Un administrador o propietario lo congela de nuevo, o detiene un camino de vuelta que espera.
error-reads-spent = Ha buscado bastante, o se ha llevado bastantes archivos, en esta hora
error-reads-spent-advice = Lo que se muestra de las personas queda registrado, cada búsqueda y cada archivo por sí mismo. Espere un poco.
error-another-owner = Esto requiere otro propietario
error-another-owner-advice = Nadie aprueba lo que ha pedido, ni lo que trata de sí mismo.
error-overtaken = Ha quedado superado
error-overtaken-advice = Se llevó a cabo, se canceló o ha vencido; o quien lo pidió ya no puede hacerlo.
manage = Gestionar

# Inicios de sesión pasados bajo otras reglas
what-if-try = Probarlas con inicios de sesión pasados
what-if-title = Cómo habrían ido los inicios de sesión pasados
what-if-lead = Cada inicio de sesión registrado se decide otra vez, como si estas reglas hubieran regido desde el primer día mostrado. Mirarlo no cambia nada.
what-if-unchanged = Son las reglas de hoy.
what-if-spans = Días que se repasan
what-if-sign-ins = Inicios de sesión
what-if-same = Como fueron
what-if-nothing = Nadie inició sesión en estos días.
what-if-no-difference = Todos los inicios de sesión habrían ido como fueron.
what-if-otherwise = Qué habría sido distinto
what-if-events = Cuántas veces
what-if-people = Personas
what-if-who = Quién (cuántas veces)
what-if-extra-prompts = Se habría pedido un segundo factor y no se pidió
what-if-fewer-prompts = No se habría pedido un segundo factor y se pidió
what-if-without-factor = No tenía un segundo factor válido y habría tenido que preparar uno antes
what-if-need-not-bind = Tuvo que preparar un segundo factor y no habría tenido que hacerlo
what-if-no-session = Sesiones que no habrían empezado
what-if-cut-short = Sesiones que habrían terminado mientras se usaban
what-if-by-day = Día por día
what-if-plot = Segundos factores pedidos, de más y de menos, por día (UTC)
what-if-day = Día (UTC)
what-if-more = Pedidos de más
what-if-fewer = Pedidos de menos
what-if-bindings = Por preparar antes
what-if-no-bindings = Ya sin configurar
what-if-none-started = Sesiones no empezadas
what-if-untold = Lo que no se puede saber
what-if-after-binding = inicios de sesión posteriores a aquel en que habría que haber preparado un segundo factor: no cuentan ni de más ni de menos.
what-if-decided-otherwise = inicios de sesión que las reglas del programa deciden hoy de otra manera que entonces: no se comparan.
what-if-supposed-answered = códigos que nunca se pidieron: se supone que se mostraron enseguida y que el dispositivo volvió a ser de confianza donde ya lo era.
what-if-never-answered = inicios de sesión que se detuvieron en el segundo factor y habrían continuado: no se sabe qué habría seguido.
what-if-never-offered = inicios de sesión en los que se habría podido confiar en el dispositivo y no se preguntó: se supone que no se quería donde nunca se hizo.
what-if-refused = contraseñas y códigos incorrectos: siguen siéndolo, y otro límite de fallos no bloquea aquí a nadie.
what-if-sessions-cut-short = sesiones que habrían terminado mientras se usaban: no se cuentan los inicios de sesión que habrían seguido.
what-if-save = Guardar estas reglas …
