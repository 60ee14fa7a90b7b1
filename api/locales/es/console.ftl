# Around every page
skip = Ir al contenido
demo-banner = Esto es una demostración: personas inventadas y correos que no llegan a nadie.
sandbox-banner = Esto es un entorno de pruebas, no una cuenta real. Su reloj marca { $v }.
sign-out = Cerrar sesión
menu = Menú
menu-own = Su seguridad
menu-people = Personas
menu-status = Estado
menu-policy = Reglas
menu-log = Registro
language = Idioma
help = Ayuda
continue = Continuar
cancel = Cancelar
show = Mostrar
all = Todos
next-page = Página siguiente
previous-page = Página anterior
pages = Páginas
valid-until = Válido hasta el
since = desde el
ends = termina el
never = nunca
name = Nombre
role = Función
state = Estado
actions = Acciones
reason = Motivo
reason-hint = Lo verá quien pueda leer el registro.

# Roles
role-owner = Titular
role-admin = Administración
role-agent = Agente
role-auditor = Auditoría
role-end-user = Usuario

# The way in
set-up-title = Prepare su acceso
set-up-lead = Va a configurar su acceso a { $w } con { $v }. Primero elija una contraseña; después viene el segundo factor.
set-up-once = Este enlace sirve una sola vez.
password-new = Contraseña nueva
password-hint = Al menos { $n } caracteres. Unas cuantas palabras seguidas se recuerdan bien y se adivinan mal.
sign-in-title = Iniciar sesión
sign-in-lead = { $v } le pide su correo y su contraseña.
sign-in = Iniciar sesión
email = Correo electrónico
password = Contraseña
stay-signed-in = Mantener la sesión al cerrar el navegador
challenge-title = Confirme que es usted
app-code = Código de su aplicación de autenticación
app-code-hint = Los espacios no importan.
recovery-code = Uno de sus códigos de recuperación
recovery-code-hint = Cada uno sirve una vez. Los espacios y guiones no importan.
trust-device =
    { $n ->
        [one] No preguntar en este dispositivo durante { $n } día
       *[other] No preguntar en este dispositivo durante { $n } días
    }
trust-device-hint = Solo en un dispositivo que nadie más use.
lost-device = ¿Ha perdido su dispositivo?
use-recovery-code = Usar un código de recuperación
lost-never = Quien le ayude nunca le pedirá un código.

# Enrolment
enrol-title = Prepare su aplicación de autenticación
enrol-lead = Desde entonces, para entrar harán falta su contraseña y un código que solo muestra su teléfono.
enrol-required = Esta cuenta exige un segundo factor. Lleva unos dos minutos; después podrá continuar.
enrol-step-app = Instale una aplicación de autenticación
enrol-step-app-text = Sirve cualquier aplicación de códigos de un solo uso, en el teléfono o en su gestor de contraseñas. ¿Ya tiene una? Continúe.
enrol-step-scan = Escanee esta imagen con la aplicación
enrol-cannot-scan = ¿No puede escanearla?
enrol-type-key = Elija «introducir una clave» en la aplicación y escriba:
enrol-open-app = Abrir la aplicación en este dispositivo
enrol-step-code = Escriba el código que muestra la aplicación
enrol-step-mail = Escriba el código que le enviamos por correo
enrol-mail-sent = Enviado a { $v }.
mailed-code = Código del correo
send-again = Enviarlo otra vez
enrol-finish = Activar
enrol-once = La imagen y la clave solo se muestran hasta que termine.
qr-label = Código QR para su aplicación de autenticación

# Recovery codes
codes-title = Guarde sus códigos de recuperación
codes-lead = Cada código le permite entrar una vez cuando no tenga el teléfono a mano. Guárdelos donde guarda lo que no debe perderse.
codes-once = No volverá a ver estos códigos. Puede crear otros cuando quiera; entonces los anteriores dejan de servir.
codes-download = Descargar
codes-print = También puede seleccionarlos y copiarlos, o imprimir esta página.
codes-kept = Los he guardado
codes-left =
    { $n ->
        [one] Queda { $n } código
       *[other] Quedan { $n } códigos
    }

# Your security
own-factors = Segundos factores
own-no-factor = Todavía no tiene un segundo factor. Una contraseña sola se puede adivinar o robar.
own-add-factor = Añadir otro
own-switch-off = Desactivar
own-required = Esta cuenta exige un segundo factor; por eso el último se queda.
own-codes = Códigos de recuperación
own-codes-hint = Los códigos nuevos sustituyen a los anteriores al instante.
own-new-codes = Crear códigos nuevos
own-devices = Dispositivos
own-sessions = Sesiones abiertas
own-no-devices = No se conoce ningún dispositivo.
own-no-sessions = No hay ninguna sesión abierta.
factor-totp = Aplicación de autenticación
factor-token = Token físico
factor-sms = Código por SMS
factor-webauthn = Llave de seguridad o passkey
factor-passkey = Passkey
factor-security-key = Llave de seguridad
key-use = Usar mi llave de seguridad o passkey
key-or = O sin código:
key-needs-scripts = Una llave de seguridad o passkey necesita JavaScript, que está desactivado en este navegador. Use otra de las formas de abajo o actívelo para esta página.
key-no-answer = La llave no respondió, o este navegador no puede pedirla. Inténtelo de nuevo o use otra forma.
key-wrong = Esta llave no corresponde aquí. Inténtelo con la que añadió.
key-over = Tardó demasiado o ya se usó. Inténtelo de nuevo.
enrol-kind = ¿Qué quiere añadir?
enrol-kind-app = Muestra un código nuevo de seis cifras cada 30 segundos. Funciona en cualquier teléfono.
enrol-kind-key = Una llave que se conecta o se acerca al teléfono, o el bloqueo de este dispositivo. No hay que escribir nada.
enrol-key-title = Añadir una llave de seguridad o passkey
enrol-key-lead = Desde ahora, esta llave podrá confirmar que es usted.
enrol-step-key = Toque su llave
enrol-step-key-text = El navegador se la pedirá. Si su llave tiene PIN, puede que también se lo pida.
error-keys-not-offered = Aquí no se pueden añadir llaves de seguridad, porque a este servidor se llega por una dirección IP y no por un nombre. Elija una aplicación de autenticación.
last-used = usado por última vez:
never-shown = traído de otro sistema, nunca mostrado aquí
last-seen = visto por última vez el
trusted-until = de confianza hasta el
not-trusted = pide un código
this-device = Este dispositivo
this-session = Esta sesión
stop-trusting = Dejar de confiar
report-lost = Declarar perdido
by-code = Con un código
by-recovery-code = Con un código de recuperación
by-sms = Con un código por SMS
by-key = Con una llave de seguridad o passkey
by-trust = En un dispositivo de confianza, sin código
by-program = Un programa avaló el inicio de sesión, sin código
by-password = Con la contraseña
end-session = Terminar
end-others = Terminar todas las demás
end-chosen = Terminar las marcadas
end-all = Terminar todas las sesiones
devices-of-title = Dispositivos y sesiones

# States
state-enabled = Activado
state-pending = Debe prepararlo
state-optional = Voluntario
state-exempt = Exento
state-suspended = Suspendido
state-locked = Bloqueado
switch-on = Activada
switch-off = Desactivada
switch-suspended = Suspendida

# People and status
search-people = Nombre o correo
nobody = No hay nadie así.
status-title = Quién tiene un segundo factor
as-of-day = A fecha de
show-now = Volver a ahora
as-of = A fecha de
as-of-event = O tras el evento n.º
as-of-title = Como era antes
seen = A fecha del evento { $v },
rule = Regla
enrolled = Desde
codes = Códigos

# Audit log
log-type = Suceso
log-who = Quién
log-whom = A quién
log-from = Desde
log-to = Hasta
log-why = Motivo
log-empty = No hay sucesos así.

# Policy
policy-switch = Autenticación en dos pasos en esta cuenta
policy-enable = Activar
policy-enable-hint = Todos empiezan desde el principio: lo anterior se restableció.
policy-resume = Reanudar
policy-resume-hint = Todo vuelve a ser como era; terminan las sesiones abiertas entretanto sin segundo factor.
policy-suspend = Suspender
policy-suspend-hint = Durante un tiempo no se pide ningún código. Lo preparado se conserva.
policy-disable = Desactivar para todos
policy-disable-hint = Restablece todo lo preparado en la cuenta. Verá a cuántas personas afecta antes de decidir.
policy-members = Equipo
policy-users = Usuarios finales
policy-required-hint = De fábrica: no se exige. Quien no lo tenga deberá prepararlo la próxima vez que entre.
policy-read-only = Puede leer estas reglas y probar otras con inicios de sesión pasados, no cambiarlas.

# Confirmations
confirm-disable-title = ¿Desactivar la autenticación en dos pasos para todos?
confirm-suspend-title = ¿Suspender la autenticación en dos pasos?
confirm-resume-title = ¿Reanudar la autenticación en dos pasos?
confirm-enable-title = ¿Activar de nuevo la autenticación en dos pasos?
confirm-reset-title = ¿Restablecer el segundo factor de esta persona?
confirm-disable = Desactivar y restablecer
confirm-ask = Pedir la aprobación
confirm-suspend = Suspender
confirm-resume = Reanudar
confirm-enable = Activar
confirm-reset = Restablecer
effect-disable-factors = Dejan de servir al instante todas las aplicaciones, códigos de recuperación y dispositivos de confianza.
effect-disable-again = Cuando se active de nuevo, todos empezarán desde el principio.
effect-disable-sessions = Se rechazan los inicios de sesión que esperan un código.
effect-disable-instead = Para dejar de preguntar un tiempo sin restablecer a nadie, suspéndala.
effect-suspend = No se pide ningún código hasta que la reanude. Lo preparado se conserva.

# Development outbox
outbox-title = Bandeja de salida
outbox-lead = Los correos y mensajes de este servidor no se envían. Terminan aquí.
outbox-empty = Todavía no hay nada.

# When something does not work
error-bad = No se pudo leer
error-bad-advice = Vuelva atrás, revise lo que escribió e inténtelo otra vez.
error-signed-out = Inicie sesión
error-signed-out-advice = Su sesión ha terminado, o todavía no la ha iniciado.
error-forbidden = No puede hacer eso
error-forbidden-advice = Su función no lo permite, o la petición vino de otro sitio.
error-gone = Aquí no hay nada
error-gone-advice = El enlace es incorrecto, ya se usó o ha caducado. Pida uno nuevo.
error-changed = Ha cambiado entretanto
error-changed-advice = Alguien se adelantó. Vuelva atrás, cargue la página de nuevo y decida sobre lo que hay ahora.
error-slow = Demasiados intentos
error-slow-advice = Espere un poco y vuelva a intentarlo.
error-away = No disponible en este momento
error-away-advice = Inténtelo dentro de un momento. No se pierde nada de lo confirmado.
error-fault = Algo falló por nuestra parte
error-fault-advice = Inténtelo otra vez. Si continúa, díganos el número de abajo.
request-id = Número de esta petición:

# Home, sign-in, codes
home-title = ¿Qué cuenta?
account-name = Nombre corto de la cuenta
account-name-hint = Aparece en cada correo que le enviamos.
account-unknown = No hay ninguna cuenta con ese nombre. Revise cómo está escrito o pregunte a quien le invitó.
accounts-here = Cuentas de esta demo
not-now = Ahora no
sign-in-refused = Este correo y esta contraseña no coinciden, o ahora no es posible iniciar sesión. Inténtelo de nuevo o pregunte a un administrador de esta cuenta.
password-too-short = La contraseña necesita al menos { $n } caracteres.
password-obvious = Es una de las primeras contraseñas que cualquiera probaría. Elija unas palabras que solo tengan relación para usted. (Al menos { $n } caracteres.)
password-wrong = La contraseña no es correcta.
why-new-device = Es la primera vez que inicia sesión en este dispositivo.
why-trust-ended = Este dispositivo era de confianza; eso ha terminado.
why-not-trusted = Este dispositivo no es de confianza.
why-every-sign-in = Esta cuenta pide un código en cada inicio de sesión.
why-kind-not-allowed = Su factor es de un tipo que esta cuenta ya no permite. Úselo una vez más; después añadirá otro.
code-malformed = Un código tiene 6 cifras, u 8 si el token muestra tantas.
code-wrong = Este código no es correcto. Escriba el que la aplicación muestra ahora; si sigue fallando, revise la hora de su teléfono o escriba dos códigos seguidos, uno tras otro.
code-used = Este código ya se ha usado. Espere al siguiente.
code-expired = Este código ha caducado. Escriba el que la aplicación muestra ahora; si es ese, revise la hora de su teléfono o escriba dos códigos seguidos, uno tras otro.
key-copied = Es posible que esta llave haya sido copiada y no se ha aceptado. Use otro factor y cambie esta llave.
kind-not-allowed = Esta cuenta ya no permite factores de este tipo. Use otro de los suyos.
recovery-code-malformed = Un código de recuperación es como 3-ABCD-EFGH-JKMN-PQRS.
recovery-code-wrong = No es ninguno de sus códigos de recuperación. Los antiguos dejan de valer al crear otros nuevos.
recovery-code-used = Este código de recuperación ya se ha usado. Tome otro.
mailed-code-malformed = El código del correo tiene 8 cifras.
mailed-code-wrong = No es el código que enviamos. Busque el correo más reciente.
mailed-code-expired = Este código ha caducado. Pida que se le envíe otro.
mailed-just-now = Se ha enviado un código hace un momento.
mails-open = Aún puede usar los tres últimos códigos que se enviaron por correo.
mailed-tries-spent = Demasiados códigos erróneos.
locked-until-unlock = Un propietario o administrador de esta cuenta puede desbloquearle.
wait-seconds =
    { $n ->
        [one] Inténtelo de nuevo dentro de { $n } segundo.
       *[other] Inténtelo de nuevo dentro de { $n } segundos.
    }
wait-minutes =
    { $n ->
        [one] Inténtelo de nuevo dentro de { $n } minuto.
       *[other] Inténtelo de nuevo dentro de { $n } minutos.
    }
app-or-recovery-code = Código de su aplicación o un código de recuperación
app-or-recovery-code-hint = Los espacios y guiones no importan.
step-up-title = Confirme otra vez que es usted
step-up-lead = Lo que va a hacer requiere un segundo factor mostrado en los últimos diez minutos.
step-up-enrol-first = Esto requiere un segundo factor y todavía no tiene ninguno. Configure uno primero; después podrá continuar.

# Enrolment: names
factor-name = ¿Cómo lo llama?
factor-name-hint = Para reconocerlo en la lista: «Teléfono», «Gestor de contraseñas».
enrol-name-example = Teléfono
factor-name-taken = Otro de sus segundos factores ya tiene este nombre. Elija otro.
name-wrong = Un nombre tiene de 1 a 100 caracteres.
enrol-will-mail = Enviaremos un código a { $v }, para que no pueda hacerlo nadie que solo conozca su contraseña.
enrol-anew = Empezar de nuevo

# Switching off
switch-off-title = ¿Desactivar su segundo factor?
switch-off-lead = A partir de entonces bastará su contraseña para entrar. Sus códigos de recuperación y dispositivos de confianza dejan de valer y terminan sus demás sesiones.
unknown-browser = Navegador desconocido

# What was just done
said-signed-out = Ha cerrado la sesión.
said-session-ended = Su sesión ha terminado. Vuelva a iniciar sesión para continuar.
said-session-expired = El tiempo de su sesión terminó. Vuelva a iniciar sesión para continuar.
said-ended-by-password = Su sesión terminó porque se cambió su contraseña. Inicie sesión con la nueva. Si no fue usted, elija «¿Ha olvidado su contraseña?».
said-ended-by-guesses = Su sesión terminó porque hubo demasiados códigos erróneos tras su contraseña. Elija una nueva en «¿Ha olvidado su contraseña?».
said-ended-by-factor = Su sesión terminó porque cambió su autenticación en dos pasos: se configuró, se quitó o se restableció. Vuelva a iniciar sesión para continuar.
said-ended-by-role = Su sesión terminó porque cambió su función. Vuelva a iniciar sesión para continuar.
said-ended-by-address = Su sesión terminó porque su equipo sustituyó su dirección de correo. Inicie sesión con la nueva.
said-ended-and-back = Se le ha vuelto a dar acceso. Abra el enlace que recibió por correo y elija una contraseña nueva; después, inicie sesión.
said-sign-in-over = Ese inicio de sesión ha terminado: tardó demasiado o ya se completó. Empiece de nuevo con su contraseña.
said-password-again = La autenticación de dos factores está desactivada, por eso se le pide otra vez la contraseña.
said-code-mailed = Hay otro código en camino.
said-enrolled = Su nuevo segundo factor está configurado.
said-codes-kept = Su segundo factor está activado. Guarde los códigos de recuperación donde los encuentre.
said-factor-removed = El factor se ha quitado.
said-distrusted = Ese dispositivo volverá a pedir un código.
said-lost = El dispositivo consta como perdido: sus sesiones han terminado y ahora es desconocido.
said-ended = La sesión ha terminado.
said-several-ended = Las sesiones han terminado.
said-others-ended = Las demás sesiones han terminado.
said-switched-off = Su segundo factor está desactivado.
said-confirmed = Confirmado.
said-trusted = Ha iniciado sesión y este dispositivo es de confianza.
said-saved = La política se ha guardado y rige desde ahora.
said-unchanged = No se ha cambiado nada.
said-disabled = La autenticación de dos factores está desactivada y todos se han restablecido. Inicie sesión con su contraseña.
said-enabled = La autenticación de dos factores está activada. Todos la configuran de nuevo.
said-suspended = La autenticación de dos factores está suspendida. No se pide ningún código.
said-resumed = La autenticación de dos factores continúa como antes.
said-invited = La invitación está en camino.
said-was-reset = El segundo factor se ha restablecido. No afecta a nadie más.
said-unlocked = Los bloqueos se han levantado.

# What stands in the way
error-link = Este enlace ya no vale
error-link-advice = Vale una sola vez y por tiempo limitado, y uno más nuevo lo sustituye. Pida otro a quien se lo envió; si ya eligió su contraseña, inicie sesión.
error-locked = Demasiados intentos erróneos.
error-enrolment-closed = Ahora nadie puede configurar un segundo factor
error-enrolment-closed-advice = La autenticación de dos factores está desactivada en esta cuenta. Un propietario puede activarla de nuevo en Política.
error-exempted = No mientras dure su exención
error-exempted-advice = Por un tiempo no se le pide un segundo factor, y hasta entonces no se puede configurar ninguno: un propietario o administrador de esta cuenta le dejó entrar así. Termina por sí solo, o cuando ellos lo terminen.
own-exempt = No se le pide un segundo factor hasta { $v }. Hasta entonces no puede configurar ninguno; un propietario o administrador de esta cuenta puede terminarlo antes.
error-last-factor = Es su último autenticador
error-last-factor-advice = Añada otro antes de eliminarlo, o desactive su segundo factor.
error-required = Esta cuenta exige un segundo factor
error-required-advice = Puede añadir otro autenticador y eliminar este, pero no quedarse sin ninguno.
error-ticket = Un administrador debe permitirle configurarlo
error-ticket-advice = Su último autenticador pudo estar en malas manos. Pida un permiso a un propietario o administrador de esta cuenta.
error-too-many-factors = Tiene el máximo de autenticadores
error-too-many-factors-advice = Elimine uno que ya no use.
error-switch = Ya está en ese estado
error-switch-advice = Alguien se adelantó. Vuelva a mirar la página de política.

# People: invitations, help
invite = Invitar
invite-title = Invitar a alguien
invite-lead = Recibirá un correo con un enlace que vale una vez, durante siete días, y elegirá su propia contraseña.
invite-send = Enviar la invitación
email-wrong = No es una dirección como ada@example.com.
email-same = Esta ya es la dirección. Indique otra.
email-taken = Alguien de esta cuenta ya tiene esta dirección.
email-taken-fix = Alguien de esta cuenta ya tiene esta dirección. Cambie antes la suya, o borre a esa persona si se la invitó por error.
email-kept = Esta dirección era de alguien hasta hace poco y se le guarda. Si es suya, corrija su dirección.
unlock = Desbloquear
reset = Restablecer
history = Registro
show-all = Mostrar todo
save = Guardar
role-takes-two = Un propietario tiene otro rol cuando otro propietario lo aprueba o, si nadie más puede, pasadas 72 horas.
reason-owner = Motivo (necesario si otro propietario debe aprobarlo)
reason-optional = Motivo (lo ve quien pueda leer el registro de auditoría)
reason-wrong = Un motivo tiene de 1 a 500 caracteres.
changed-meanwhile = Ha cambiado entretanto. Así está ahora; vuelva a decidir.
erased-person = persona borrada
erased-person-on = persona borrada el { $v }
confirm-unlock-title = ¿Levantar los bloqueos de esta persona?
confirm-unlock = Desbloquear
effect-reset-factors = Sus aplicaciones de autenticación, códigos de recuperación y dispositivos de confianza dejan de valer al instante, y sus sesiones terminan.
effect-reset-again = Configurará de nuevo un segundo factor con su contraseña y un código que se le envía por correo.
effect-reset-only = No afecta a nadie más.
effect-told = Se le avisa por correo.
effect-unlock = Terminan todos los bloqueos y esperas tras intentos erróneos, tanto de contraseña como de códigos.
effect-unlock-factors = Su segundo factor queda como está.
effect-resume = Se vuelve a pedir el segundo factor a quienes lo tenían.
effect-resume-sessions = Las sesiones abiertas entretanto sin él terminan.
effect-enable = Todos empiezan de cero: quien tenía un segundo factor lo configura de nuevo.

# Rules behind a state
state-off = Desactivado
rule-has-factor = tiene un segundo factor
rule-policy-requires = la política lo exige
rule-grace = exigido, dentro del plazo
rule-kind-not-allowed = ninguno de sus factores es de un tipo permitido
rule-policy-optional = la política no lo exige
rule-account-suspended = suspendido para la cuenta
rule-account-disabled = desactivado para la cuenta
rule-hard-cap = demasiados intentos erróneos
in-force-required = segundo factor exigido
in-force-optional = segundo factor opcional
in-force-every-sign-in = se pide en cada inicio de sesión
in-force-trust =
    { $n ->
        [one] dispositivos de confianza durante { $n } día
       *[other] dispositivos de confianza durante { $n } días
    }
everyone = Todos
population = Personas
as-of-time = Hora ({ $v })
as-of-wrong = No es una fecha ni una hora.
as-of-needs-day = Elija también el día.
as-of-future = Eso aún no ha llegado.
as-of-before = La cuenta aún no existía.
as-of-no-event = Ningún evento tiene este número.
after-event = tras el evento { $n }
trusted-devices = Dispositivos de confianza

# Policy
policy-required = Exigir un segundo factor
policy-people =
    { $n ->
        [one] { $n } persona.
       *[other] { $n } personas.
    }
policy-without =
    { $n ->
        [one] { $n } aún no lo tiene.
       *[other] { $n } aún no lo tienen.
    }
policy-enrolled =
    { $n ->
        [one] { $n } persona tiene un segundo factor.
       *[other] { $n } personas tienen un segundo factor.
    }
policy-grace = Días de plazo
policy-grace-hint = Por defecto { $n }. Durante esos días desde que se le exige, quien no lo tenga aún puede entrar; quien llegue después tiene los mismos. De 0 a 90.
policy-trust = Días de confianza en un dispositivo
policy-trust-hint = Por defecto { $n }. Durante ese tiempo no se pide código en un dispositivo de confianza. 0 lo pide siempre; máximo 365.
policy-stay = Días sin volver a pedir la contraseña
policy-stay-hint = Por defecto { $n }. Durante ese tiempo cerrar el navegador no termina la sesión, si su dueño lo desea. De 0 a 90.
policy-idle = Minutos hasta que termina una sesión inactiva
policy-idle-hint = Por defecto { $n }. De 5 a 43200, es decir, 30 días.
policy-lifetime = Horas hasta que termina cualquier sesión
policy-lifetime-hint = Por defecto { $n }. De 1 a 720, es decir, 30 días.
policy-number = Aquí hace falta un número entero.
policy-range = Entre { $v } y { $w }.
policy-switch-owner = Solo puede cambiarlo un propietario, o un administrador si los propietarios lo permiten.

# Audit log
log-cause = causado por el evento { $n }
log-device = Dispositivo
log-stream = Flujo
log-stream-account = la cuenta
log-stream-user = personas
log-stream-device = dispositivos
log-stream-reading = quién leyó qué
log-no-device = Ningún dispositivo tiene este identificador. Empieza por dev_.
log-nobody = Nadie aquí tiene esta dirección o identificador.
log-reset-people = A quién restableció
log-reset-more = y { $n } más
actor-anonymous = alguien que aún no ha iniciado sesión
actor-operator = el operador del servidor
actor-system = el propio servidor
told-people =
    { $n ->
        [one] { $n } persona
       *[other] { $n } personas
    }
told-refused-unknown =
    { $n ->
        [one] { $n } con una dirección desconocida
       *[other] { $n } con direcciones desconocidas
    }
told-refused-locked =
    { $n ->
        [one] { $n } de una persona bloqueada
       *[other] { $n } de personas bloqueadas
    }
told-until = hasta { $v }
told-wait = próximo intento: { $v }
told-drift = reloj desviado { $v } pasos
changed-nothing = nada
changed-two-factor = Autenticación de dos factores
changed-drift = Pasos de desvío del reloj
changed-exempt-until = Exención hasta
told-in-a-row =
    { $n ->
        [one] { $n } vez seguida
       *[other] { $n } veces seguidas
    }
told-tries-left =
    { $n ->
        [one] queda { $n } intento
       *[other] quedan { $n } intentos
    }
told-values =
    { $n ->
        [one] { $n } dato ilegible para siempre
       *[other] { $n } datos ilegibles para siempre
    }
told-letter = mensaje «{ $v }»
told-reply = el otro extremo respondió { $n }
told-attempts =
    { $n ->
        [one] { $n } intento
       *[other] { $n } intentos
    }
told-tokens =
    { $n ->
        [one] { $n } token
       *[other] { $n } tokens
    }
told-by-disable = al desactivarse para la cuenta
told-by-staff = por un miembro del equipo

# Each event in words
event-AccountOpened = Cuenta abierta
event-PolicyChanged = Política cambiada
event-AccountTwoFactorDisabled = Autenticación de dos factores desactivada para todos
event-AccountTwoFactorEnabled = Autenticación de dos factores activada para la cuenta
event-AccountTwoFactorSuspended = Autenticación de dos factores suspendida
event-AccountTwoFactorResumed = Autenticación de dos factores reanudada
event-ResetFanOutCompleted = Todos los restablecimientos anunciados, realizados
event-SignInsRefused = Inicios de sesión rechazados sin cargo a nadie
event-OperatorActed = El operador actuó en esta cuenta
event-UserRegistered = Persona añadida
event-LinkIssued = Enlace de un solo uso creado
event-LinkRedeemed = Enlace de un solo uso utilizado
event-EmailVerified = Dirección de correo verificada
event-PasswordSet = Contraseña establecida
event-PasswordAccepted = Contraseña correcta tras otras erróneas
event-PasswordRejected = Contraseña errónea
event-MailedCodeIssued = Código enviado por correo
event-MailedCodeAccepted = Código del correo aceptado
event-MailedCodeRejected = Código del correo rechazado
event-FactorEnrolmentStarted = Empezó a configurar un autenticador
event-FactorConfirmed = Autenticador confirmado
event-TwoFactorEnabled = Segundo factor activado
event-RecoveryCodesGenerated = Códigos de recuperación creados
event-RecoveryCodesRegenerated = Nuevos códigos de recuperación creados
event-OtpAccepted = Código aceptado
event-RecoveryCodeUsed = Código de recuperación usado
event-FactorDriftFound = El reloj de un factor se desvía
event-SmsCodeIssued = Código enviado por SMS
event-SmsCodeAccepted = Código por SMS aceptado
event-AssertionAccepted = Llave de seguridad o passkey aceptada
event-RecoveryCodesLow = Quedan pocos códigos de recuperación
event-RecoveryCodesExhausted = No queda ningún código de recuperación
event-ProofRejected = Segundo factor rechazado
event-ProofCameLate = Código mostrado demasiado tarde
event-PasswordChangeDemanded = Se exige otra contraseña: diez códigos incorrectos tras ella
event-LockedOut = Bloqueo tras demasiados intentos erróneos
event-Unlocked = Bloqueos levantados
event-FactorRemoved = Autenticador eliminado
event-FactorRenamed = Factor renombrado
event-FactorPreferred = Factor elegido para pedirse primero
event-TokenAssigned = Token físico entregado
event-TokenWithdrawn = Token físico retirado
event-TwoFactorDisabled = Segundo factor desactivado por su dueño
event-TwoFactorReset = Segundo factor restablecido
event-DeviceReportedLost = Dispositivo declarado perdido
event-MessageSent = Mensaje enviado
event-MessageFailed = Mensaje no entregado
event-DeliveryTroubleRaised = Aviso a propietarios y administradores: hay mensajes que no llegan
event-OutageRaised = Aviso a propietarios y administradores: por una vía no sale nada
event-BudgetSpent = Se ha agotado un límite diario de mensajes
event-PersonErased = Persona borrada
event-DeviceRegistered = Nuevo dispositivo visto
event-SignInStarted = Inicio de sesión: el primer factor era correcto, o un programa respondió por él
event-SignInCompleted = Sesión iniciada
event-SessionStarted = Sesión abierta
event-SessionSteppedUp = Sesión confirmada con un segundo factor
event-SessionRenewed = Sesión renovada tras cambiar las credenciales
event-SessionActive = Sesión en uso
event-SessionEnded = Sesión terminada
event-DeviceTrusted = Dispositivo de confianza
event-DeviceTokenRotated = Dispositivo reconocido de nuevo
event-DeviceDistrusted = El dispositivo deja de ser de confianza

# Values of events
value-mail = correo electrónico
value-sms = SMS
value-unreachable = no se pudo contactar con el otro extremo
value-not-secure = no hay una conexión cifrada con el servidor de correo correcto
value-bad-address = no se puede enviar a esa dirección
value-no-transport = no hay nada configurado para enviarlo
value-person-budget = demasiados mensajes a esta persona hoy
value-account-budget = demasiados mensajes de esta cuenta hoy
value-country-budget = demasiados mensajes a este país hoy
value-unreadable = el mensaje guardado no se pudo leer
value-complete = admitido
value-challenge = se pidió un código
value-enrol = debe configurarlo antes
value-enrolled = tiene un segundo factor
value-new-device = dispositivo nuevo
value-device-trusted = dispositivo de confianza
value-trust-ended = la confianza ha terminado
value-not-trusted = dispositivo sin confianza
value-every-sign-in = se pide siempre
value-required-not-enrolled = exigido, no lo tiene
value-in-grace = dentro del plazo
value-provider-only = solo por proveedor de identidad
value-optional-not-enrolled = opcional, no lo tiene
value-account-suspended = suspendido para la cuenta
value-account-disabled = desactivado para la cuenta
value-password = contraseña
value-trust = dispositivo de confianza, sin código
value-otp = código de la aplicación
value-recovery-code = código de recuperación
value-totp = aplicación de autenticación
value-token = token físico
value-webauthn = llave de seguridad o passkey
value-sms-code = código por SMS
value-assertion = llave de seguridad o passkey
value-csv = archivo CSV
value-pskc = archivo PSKC
value-full = para todo
value-enrolment = solo para configurarlo
value-signed-out = cerró la sesión
value-ended-by-user = terminada por su dueño
value-ended-by-staff = terminada por el equipo
value-device-lost = dispositivo declarado perdido
value-token-replayed = se mostró un token copiado
value-displaced = la reemplazó una sesión más nueva
value-person-erased = persona borrada
value-revoked-by-user = por su dueño
value-revoked-by-staff = por el equipo
value-wrong = erróneo
value-replayed = ya usado
value-counter-back = su contador retrocedió: puede estar copiada
value-not-allowed = de un tipo que ya no se permite
value-expired = caducado
value-void = había cambiado aquello en lo que se basaba
value-closed = ya se había contestado, o nunca se pidió
value-second-factor = segundo factor
value-mailed-code = código del correo
value-invitation = invitación
value-set-up = configuración
value-sign-in = para iniciar sesión
value-step-up = para confirmar una sesión
value-confirm = para configurar un autenticador
value-disable = para desactivarlo

event-PolicyScheduled = Política programada para una fecha
event-PolicyScheduleCancelled = Política programada retirada
event-OwnerFloorChanged = Límite del propietario cambiado
event-ProfileChosen = Perfil de reglas elegido
event-GovernanceChanged = Reglas de doble control cambiadas
event-AccountSettingsChanged = Ajustes de la cuenta cambiados
event-GroupCreated = Grupo creado
event-GroupRenamed = Grupo renombrado
event-GroupDeleted = Grupo eliminado
event-ClientRegistered = Programa registrado
event-ClientRemoved = Programa eliminado
event-ClientTokenIssued = Token de API emitido a un programa
event-ClientTokenRevoked = Token de API de un programa anulado
event-ForeignPasswordsArrived = Llegaron personas con contraseñas de otro sistema
event-ForeignPasswordsGone = Ya nadie tiene una contraseña de aquel otro sistema
event-HardwareTokensImported = Tokens físicos importados
event-ApprovalRequested = Una acción espera aprobación
event-ApprovalUsed = Acción aprobada y realizada
event-ApprovalCancelled = Acción en espera cancelada
event-SandboxClockSet = Reloj del entorno de pruebas ajustado
event-AccountClosed = Cuenta cerrada
event-TwoFactorResetScheduled = Restablecimiento del segundo factor solicitado
event-TwoFactorResetCancelled = Restablecimiento en espera cancelado
event-ExemptionGranted = Eximido del segundo factor por un tiempo
event-ExemptionEnded = Exención terminada antes de tiempo
event-EnrolmentTicketIssued = Vale de inscripción emitido
event-EnrolmentTicketRejected = Vale de inscripción rechazado
event-EnrolmentTicketUsed = Vale de inscripción usado
event-FactorClaimed = Autenticador importado, aún sin demostrar
event-PasswordClaimed = Hash de contraseña importado
event-PasswordRehashed = Contraseña importada demostrada y guardada de nuevo
event-EmailChangeRequested = Nueva dirección de correo por confirmar
event-HelpRefused = Ayuda rechazada
event-EmailChangeCancelled = Cambio de correo detenido
event-EmailChanged = Dirección de correo cambiada
event-UserRenamed = Nombre cambiado
event-LanguageChanged = Idioma cambiado
event-RoleChanged = Rol cambiado
event-GroupsChanged = Grupos cambiados
event-UserDeactivated = Persona desactivada
event-UserReactivated = Persona reactivada
event-IdentityProviderLinked = Proveedor de identidad vinculado
event-IdentityProviderUnlinked = Proveedor de identidad desvinculado
event-ApiTokenIssued = Token de API emitido
event-ApiTokenRevoked = Token de API anulado
event-PasswordAccessUsed = Contraseña mostrada a la API
event-SessionReauthorised = Aplicación reautorizada
event-DataRead = Datos de otras personas consultados
event-DataExported = Datos de otras personas descargados en un archivo
event-ReportOrdered = Informe pedido como archivo
event-ReportPrepared = Un informe está listo como archivo
event-ReportGivenUp = No se pudo preparar un informe como archivo
event-ReportWithdrawn = Archivo de un informe retirado
event-ApiTokenUsed = Token de API en uso
told-after-wait = Restablecimiento solicitado; la espera pasó sin objeción
told-matures = No antes de { $v }
state-deactivated = Desactivada
rule-identity-provider = inicia sesión con un proveedor de identidad
rule-exemption = exenta por tiempo limitado
rule-deactivated = no puede iniciar sesión
rule-erased = fue borrada
value-exempted = exenta por un tiempo
value-kind-not-allowed = solo factores de un tipo que ya no se permite
value-asserted = un programa avaló el primer factor
value-password-reset = contraseña olvidada
value-email-objection = enlace que conserva la dirección
value-email-change = cambio de dirección
value-verification = prueba de la dirección
value-allowed = permitido
value-warned = permitido con aviso
value-refused = rechazado
value-disable-account = desactivar para todos
value-suspend-account = suspender para todos
value-reset-owner = restablecer a un propietario
value-exempt-owner = eximir a un propietario
value-erase-person = borrar a una persona
value-grant-owner = nombrar propietario
value-demote-owner = dar otro rol a un propietario
value-deactivate-owner = desactivar a un propietario
value-help-exemption = exención
value-help-ticket = vale de alta
value-help-grant = código de recuperación
value-help-reset = restablecer el segundo factor
value-help-unlock = desbloqueo
value-help-address = otra dirección
value-help-provider = acceso con un proveedor de identidad
value-help-provider-end = fin del acceso con un proveedor de identidad
value-help-token = token físico
value-help-vouch = aval para volver
value-help-freeze = congelación
value-help-stop = fin de una recuperación
value-help-sessions = fin de sesiones o de un dispositivo
value-help-invitation = otra invitación
value-help-return = reactivación
value-customer = rechazada: es, o era hasta hace poco, cliente
value-outranked = rechazada: no con ese rol
value-spent = rechazada: ya ayudó a tantas personas como se puede en un tiempo
value-transfer-ownership = traspasar la propiedad
value-close-account = cerrar la cuenta
value-read-account = leer la cuenta
value-read-people = leer personas
value-read-status = leer informes
value-read-audit = leer el registro
value-export = exportar
value-manage-end-users = gestionar usuarios finales
value-assert-sign-in = avalar un primer factor
value-assert-trust = contar dispositivos de confianza

approvals-title = Pendiente de aprobación
approvals-lead = Requieren un segundo propietario, o una espera de la que se avisa a todo el equipo. Aún no ha ocurrido nada.
approvals-none = No hay nada pendiente.
approvals-from = Se puede llevar a cabo a partir de
approvals-overtaken = Superado: quien lo pidió ya no puede hacerlo, o ya no es así.
approve = Aprobar y llevar a cabo
carry-out = Llevar a cabo
cancel-request = Cancelarlo
said-reset-later = El restablecimiento espera 72 horas. Se avisa a la persona, que puede oponerse.
said-waits = Esto espera a un segundo propietario, o a su momento. Se ha avisado por correo.
said-carried-out = Se ha llevado a cabo.
said-cancelled = Se ha cancelado. No ha ocurrido nada.
said-factor-kept = El restablecimiento se ha cancelado. Su segundo factor sigue.
ticket-wrong = Este no es el vale. Tras cinco intentos erróneos queda anulado.
ticket-over = No hay ningún vale de alta abierto. Pida uno nuevo a un administrador.
compromise-fresh = Su último autenticador estuvo en manos ajenas. Podrá configurar uno nuevo 72 horas después de su cambio de rol, no antes.
ticket-needed = Tras un compromiso, un autenticador nuevo requiere un vale de alta. Pídalo a un administrador.
enrol-step-ticket = Escriba su vale de alta
enrol-ticket-text = Se lo dio un administrador: 16 letras y cifras.
mailed-code-or-ticket = Código del correo, o vale de alta
value-change-governance = quitar actos del control doble
event-StaffResetAsked = Restablecimiento de un cliente solicitado
event-HelpCharged = Ayuda a alguien contada
reset-waiting = El personal ha pedido restablecer su segundo factor. Valdrá a partir de:
keep-factor = Conservar mi segundo factor
reset-compromise = El factor puede estar en malas manos: solo un vale de alta configura uno nuevo
forgot = ¿Ha olvidado su contraseña?
forgot-title = Una contraseña nueva
forgot-lead = Escriba la dirección con la que entra en { $v }. Si alguien allí la tiene, se envía un enlace a esa dirección.
forgot-send = Enviarme un enlace
said-reset-asked = Si alguien aquí tiene esta dirección, hay un mensaje en camino.
said-password-set = Su contraseña nueva está puesta. Entre con ella.
said-email-asked = Hay un enlace en camino a la dirección nueva. Nada cambia hasta que se use.
said-email-kept = La dirección sigue como está. Si otra persona pidió otra, cambie su contraseña.
said-email-changed = La dirección nueva está confirmada. Entre con ella.
said-email-taken = Esta dirección ya está en uso. Nada ha cambiado.
said-role-changed = Tiene otra función; sus sesiones han terminado.
said-deactivated = Ya no puede entrar.
said-reactivated = Hay un enlace en camino. Con él elige una contraseña.
new-password-title = Elija una contraseña nueva
new-password-lead = Este enlace sustituye su contraseña para { $w } en { $v }. Su segundo factor sigue igual y se le pide al entrar.
keep-address-title = Conserve su dirección
keep-address-lead = Se ha pedido otra dirección en { $w } con { $v }. Si no ha sido usted, conserve esta: el cambio se detiene.
keep-address = Conservar esta dirección
confirm-address-title = Confirme su nueva dirección
confirm-address-lead = Desde entonces entra en { $w }, en { $v }, con esta dirección. Se avisa a la anterior.
confirm-address = Confirmar esta dirección
unverified = dirección sin confirmar
new-email = Nueva dirección de correo
new-email-hint = Se envía un enlace a la dirección nueva y un aviso a la actual.
new-email-send = Enviar el enlace
role-hint = Otra función termina sus sesiones y la confianza.
role-change = Cambiar la función
invite-again-lead = Aún no ha puesto contraseña. Otro enlace anula el anterior.
invite-again = Enviar otra invitación
deactivate-lead = Desde entonces nada suyo funciona: contraseña, sesiones, dispositivos de confianza, claves de API. Su segundo factor sigue siendo suyo.
deactivate = Desactivar
reactivate-lead = Demuestra su dirección y elige una contraseña de nuevo, con un enlace.
reactivate = Permitir que entre de nuevo
error-last-owner = Es el último propietario
error-last-owner-advice = Nombre antes a otra persona: una cuenta conserva un propietario que pueda entrar.
error-below-floor = El límite del propietario no lo permite
error-below-floor-advice = Exige un segundo factor a esta persona donde está, y no donde estaría. Un propietario puede moverla o fijar otro límite.
error-takes-two = Hace falta un segundo propietario
error-takes-two-advice = Nadie nombra ni destituye solo a un propietario.
# Previews, and the rest of the policy
confirm-place-title = ¿Mover a esta persona?
confirm-policy-title = ¿Guardar esta política?
confirm-policy = Guardar la política
default-yes = Por defecto: sí.
default-no = Por defecto: no.
policy-meant = Solo a estas personas
policy-meant-hint = Por defecto no se marca nada, y entonces se exige a todos. Si no, a quien tenga uno de estos roles o esté en uno de estos grupos.
policy-password = Caracteres de una contraseña junto a un segundo factor
policy-password-hint = Por defecto { $n }. Para las contraseñas que se pongan desde ahora, de quien tiene o debe tener un segundo factor. De 8 a 64.
policy-password-alone = Caracteres de una contraseña sola
policy-password-alone-hint = Por defecto { $n }. Para las contraseñas que se pongan desde ahora, de todos los demás. De 15 a 64.
policy-failures = Intentos erróneos hasta el bloqueo
policy-failures-hint = Por defecto { $n }. Seguidos, contados aparte para dispositivos conocidos y desconocidos; después solo ayuda un desbloqueo. De 5 a 50.
policy-trust-session = La confianza acaba con la sesión
policy-trust-session-hint = A un dispositivo cuya sesión caducó se le vuelve a pedir un código. Afecta a quien confió en un dispositivo.
policy-asserted = Un producto puede comprobar el primer factor
policy-asserted-hint = Un programa con un token para ello puede iniciar la sesión de estas personas. Nunca de propietarios.
policy-reauthorise = Desbloquear la aplicación al abrirla
policy-reauthorise-hint = Las aplicaciones piden su PIN o la biometría. Afecta a quien usa una aplicación.
policy-api = Correo y contraseña para la API
policy-api-hint = Por defecto: permitido, salvo para quien tiene o debe tener un segundo factor. Afecta a programas que usan la contraseña de alguien.
policy-api-allowed = Permitido
policy-api-until = Permitido hasta una fecha, con un aviso
policy-api-off = Desactivado
policy-api-date = Hasta cuándo (año-mes-día)
policy-scheduled = Desde { $v } rige otra política.
policy-until-range =
    { $n ->
        [one] Como mucho { $n } día por adelantado.
       *[other] Como mucho { $n } días por adelantado.
    }
policy-cannot-be-met = Nada de lo que usted permite puede configurarse en esta instalación. Permita también una aplicación de autenticación o tokens físicos.
policy-below-floor = Es más laxo de lo que el propietario permite a los administradores. Un propietario puede guardarlo o fijar otro límite.
groups-below-floor = El límite del propietario exige un segundo factor a esta persona en estos grupos. Un propietario puede sacarla de ellos o fijar otro límite.
impact-nobody = Por ahora no afecta a nadie.
impact-of = { $v } de { $w }
impact-more = y { $n } más
impact-prompts-same = Tantas peticiones de código como antes.
impact-prompts-so-far = Hasta ahora los inicios de sesión pidieron un código { $v } veces; con este cambio habrían sido { $w }. Menos de una semana es poco para saber qué trae un mes.
impact-prompts-since = Contado sobre los inicios de sesión desde { $v }.
impact-reset =
    { $n ->
        [one] { $n } persona pierde su segundo factor, sus códigos y sus dispositivos de confianza.
       *[other] { $n } personas pierden su segundo factor, sus códigos y sus dispositivos de confianza.
    }
impact-enrol-now =
    { $n ->
        [one] { $n } persona debe configurar un segundo factor en el próximo inicio de sesión.
       *[other] { $n } personas deben configurar un segundo factor en el próximo inicio de sesión.
    }
impact-enrol-later =
    { $n ->
        [one] { $n } persona debe configurarlo antes de que acabe el plazo.
       *[other] { $n } personas deben configurarlo antes de que acabe el plazo.
    }
impact-stuck =
    { $n ->
        [one] { $n } persona no puede hacerlo sola: está bloqueada o su dirección no está comprobada.
       *[other] { $n } personas no pueden hacerlo solas: están bloqueadas o su dirección no está comprobada.
    }
impact-trust =
    { $n ->
        [one] { $n } persona tendrá que dar otra vez un código en un dispositivo de confianza.
       *[other] { $n } personas tendrán que dar otra vez un código en un dispositivo de confianza.
    }
impact-sessions =
    { $n ->
        [one] { $n } persona pierde alguna sesión.
       *[other] { $n } personas pierden alguna sesión.
    }
impact-integrations =
    { $n ->
        [one] { $n } persona tiene un programa que pierde el acceso a la API con su contraseña.
       *[other] { $n } personas tienen programas que pierden el acceso a la API con su contraseña.
    }
impact-password =
    { $n ->
        [one] La contraseña de { $n } persona abre la API por sí sola, sin su segundo factor.
       *[other] Las contraseñas de { $n } personas abren la API por sí solas, sin su segundo factor.
    }
impact-unasked =
    { $n ->
        [one] { $n } persona ya no tendrá que dar un segundo factor.
       *[other] { $n } personas ya no tendrán que dar un segundo factor.
    }
impact-prompts-more =
    { $n ->
        [one] { $n } petición de código más al mes.
       *[other] { $n } peticiones de código más al mes.
    }
impact-prompts-fewer =
    { $n ->
        [one] { $n } petición de código menos al mes.
       *[other] { $n } peticiones de código menos al mes.
    }

# Mensajes y qué fue de ellos
messages-title = Mensajes
messages-lead = Correos y mensajes de texto, y si cada uno salió. Lo que decían no se guarda.
messages-none = Aún no hay mensajes
waiting-then = No se muestra lo que estaba pendiente entonces: eso solo se guarda hasta que se envía o se abandona.
message-queued = en espera
message-sent = enviado
message-failed = no entregado
delivery-title = Entrega de mensajes
delivery-lead = Personas a las que fallaron tres mensajes seguidos o más. También se avisa por correo a propietarios y administradores, como máximo una vez al día.
delivery-none = Los mensajes llegan a todo el mundo
delivery-outage = { $v }: no sale nada, sea para quien sea
delivery-until = hasta
delivery-spent-person = tantos como se envían a una persona en un día
delivery-spent-person-anybody = tantos como se envían a una persona en un día de lo que puede pedir cualquiera que conozca su dirección
delivery-spent-person-invited = tantas invitaciones como se envían a una persona en un día
delivery-spent-account = tantos como envía la cuenta en un día
delivery-spent-account-anybody = tantos como envía la cuenta en un día de lo que puede pedir cualquiera que conozca una dirección
delivery-spent-account-invited = tantas invitaciones como envía la cuenta en un día
delivery-spent-country = tantos como envía la cuenta al país +{ $v } en un día
delivery-waiting =
    { $n ->
        [one] { $n } mensaje espera, desde
       *[other] { $n } mensajes esperan, desde
    }
delivery-since = desde
back = Volver

told-as-of = a fecha de { $v }
told-searched = se buscaron palabras
told-and-more = y más de lo mismo, en la misma hora
told-report = informe { $v }
value-people = lista de personas
value-person = ficha de una persona
value-devices = dispositivos y sesiones
value-sign-ins = inicios de sesión
value-messages = mensajes
value-delivery = a quién no llegan los mensajes
value-recoveries = casos de recuperación
value-approvals = actos que esperan aprobación
value-integrations = programas y tokens
value-stock = tokens físicos
value-report-jobs = qué informes tienen otros como archivos
value-redefined = entretanto el informe se define de otra manera
value-unanswerable = la pregunta ya no tiene respuesta
value-given-up = se empezó demasiadas veces
value-lost-right = quien lo pidió ya no puede tenerlo
value-name-erased = se borró a alguien cuyo nombre puede figurar en él; pídalo de nuevo
value-cancelled = cancelado
told-file-rows =
    { $n ->
        [one] { $n } fila
       *[other] { $n } filas
    }
told-file-bytes =
    { $n ->
        [one] { $n } byte
       *[other] { $n } bytes
    }
value-forecast = previsión de quién no cumpliría
value-preview = a quién afectaría un cambio
value-what-if = inicios de sesión registrados bajo otra política
value-events = registro de auditoría
value-event-stream = registro de auditoría, en directo
log-words = Nombre o dirección de entonces
log-by-cause = Causa
log-at-event = Justo después del evento
log-take = Llevarse estos eventos:
log-cause-wrong = Una palabra del registro, como staff o replayed.
log-too-many = Esto corresponde a demasiadas personas. Precise más.
files-title = Sus archivos
files-about = Informes que usted pidió preparar en segundo plano. Cada uno es solo suyo, durante una semana; queda registrado que lo descarga.
files-none = No tiene archivos. Pida uno en la página de un informe.
file-ordered-at = pedido
file-until = hasta
file-rows = Filas escritas
file-take = Descargar el archivo
file-cancel = Cancelar
file-discard = Desecharlo
file-form = Formato del archivo
file-prepare = Preparar en segundo plano
file-queued = en espera
file-running = se está escribiendo
file-ready = listo
file-failed = no escrito
file-cancelled = cancelado
file-withdrawn = retirado
file-expired = vencido
said-file-ordered = El archivo se está preparando. Se le avisa por correo cuando esté listo.
said-file-cancelled = El archivo está cancelado.
