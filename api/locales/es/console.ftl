# Around every page
skip = Ir al contenido
demo-banner = Esto es una demostración: personas inventadas y correos que no llegan a nadie.
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
remove = Quitar
next-page = Página siguiente
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
set-up-lead = Va a preparar el acceso de { $v }. Elija primero una contraseña; después vendrá el segundo factor.
set-up-once = Este enlace sirve una sola vez.
password-new = Contraseña nueva
password-hint = Al menos { $n } caracteres. Unas cuantas palabras seguidas se recuerdan bien y se adivinan mal.
sign-in-title = Iniciar sesión
sign-in-lead = { $v } le pide su correo y su contraseña.
sign-in = Iniciar sesión
email = Correo electrónico
password = Contraseña
stay-signed-in =
    { $n ->
        [one] Mantener la sesión { $n } día
       *[other] Mantener la sesión { $n } días
    }
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
use-app = Usar la aplicación de autenticación
lost-ask = ¿Tampoco tiene códigos? Pida ayuda al titular o a la administración de esta cuenta. Pueden darle acceso de nuevo; nunca ven sus códigos.
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
own-add-factor = Añadir una aplicación de autenticación
own-switch-off = Desactivar
own-required = Esta cuenta exige un segundo factor; por eso el último se queda.
own-codes = Códigos de recuperación
own-codes-hint = Los códigos nuevos sustituyen a los anteriores al instante.
own-new-codes = Crear códigos nuevos
own-devices = Dispositivos
own-sessions = Sesiones abiertas
factor-totp = Aplicación de autenticación
last-used = usado por última vez:
last-seen = visto por última vez el
trusted-until = de confianza hasta el
not-trusted = pide un código
this-device = Este dispositivo
this-session = Esta sesión
stop-trusting = Dejar de confiar
report-lost = Declarar perdido
by-code = Con un código
by-recovery-code = Con un código de recuperación
by-trust = En un dispositivo de confianza, sin código
by-password = Con la contraseña
end-session = Terminar
end-others = Terminar todas las demás

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
reset-two-factor = Restablecer el segundo factor
nobody = No hay nadie así.
status-title = Quién tiene un segundo factor
as-of-day = Al final del día (UTC)
show-now = Volver a ahora
as-of = A fecha de
as-of-event = suceso { $n }
rule = Regla
enrolled = Desde
codes = Códigos

# Audit log
log-type = Suceso
log-who = Quién
log-whom = A quién
log-from = Desde
log-to = Hasta
log-number = N.º
log-at = Registrado
log-what = Qué ocurrió
log-why = Motivo
log-cause = causado por el suceso
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
policy-rules = Reglas
policy-members = Equipo
policy-users = Usuarios finales
policy-everyone = Todos
policy-members-required = Exigir un segundo factor al equipo
policy-users-required = Exigir un segundo factor a los usuarios finales
policy-required-hint = De fábrica: no se exige. Quien no lo tenga deberá prepararlo la próxima vez que entre.
policy-trust-days = Días de confianza en un dispositivo
policy-trust-hint = De fábrica: 30. Con 0 se pregunta siempre; como mucho 365.
policy-grace-days = Días de gracia desde que se exige
policy-grace-hint = De fábrica: 0, es decir, la próxima vez que entre.
policy-preview = Ver el efecto del cambio
policy-read-only = Puede leer estas reglas, no cambiarlas.

# Confirmations
confirm-disable-title = ¿Desactivar la autenticación en dos pasos para todos?
confirm-suspend-title = ¿Suspender la autenticación en dos pasos?
confirm-resume-title = ¿Reanudar la autenticación en dos pasos?
confirm-enable-title = ¿Activar de nuevo la autenticación en dos pasos?
confirm-reset-title = ¿Restablecer el segundo factor de esta persona?
confirm-policy-title = ¿Cambiar las reglas?
confirm-resets =
    { $n ->
        [one] Esto restablece a { $n } persona.
       *[other] Esto restablece a { $n } personas.
    }
confirm-code-hint = Algo así requiere un código nuevo.
confirm-disable = Desactivar y restablecer
confirm-suspend = Suspender
confirm-resume = Reanudar
confirm-enable = Activar
confirm-reset = Restablecer
confirm-policy = Cambiar las reglas
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
