# Lugares
menu-programs = Programas
menu-settings = Ajustes

# Personas: la lista, una persona
group = Grupo
import = Importar
person-details = Datos
person-end = Salida
fact-no-password = Todavía no ha elegido una contraseña.
fact-password-claimed = La contraseña llegó como hash de otro sistema y nunca se usó aquí: declarada, no probada.
fact-factor-claimed = El autenticador llegó de otro sistema y aquí nunca se aceptó un código suyo: declarado, no probado.
email-keep = Detener el cambio
email-waits-at = El enlace a { $v } todavía no se ha usado.
email-waits = Hay un enlace en camino a su nueva dirección, todavía sin usar.
role-new = Nuevo rol
owner-lead = Nombrar a un propietario es cosa de dos: lo aprueba un segundo propietario o, si no lo hay, pasan 72 horas en las que se avisa al equipo.
make-owner = Nombrar propietario
make-owner-title = ¿Nombrar propietario a esta persona?
transfer = Ceder la propiedad
transfer-title = ¿Ceder la propiedad a esta persona?
effect-make-owner = Podrá hacer todo en esta cuenta, igual que usted.
effect-role-sessions = Con el cambio terminan sus sesiones, sus dispositivos de confianza y sus tokens de API.
effect-takes-two = Ocurre cuando lo aprueba un segundo propietario o, si no lo hay, a las 72 horas. Hasta entonces puede cancelarlo quien tenga permiso.
effect-transfer = Pasa a ser propietario.
effect-transfer-you = Usted pasa a ser administrador; también terminan sus propias sesiones y tokens.
erase = Borrar
erase-lead = Para siempre: se destruye su clave y nadie podrá volver a leer lo que el registro dice de esta persona.
erase-title = ¿Borrar a esta persona?
effect-erase = El nombre, la dirección, los dispositivos y todo motivo escrito sobre esta persona quedan ilegibles, al instante y para siempre. Su dirección vuelve a estar libre.
effect-erase-proofs = Que algo ocurrió permanece en el registro: los recuentos e informes del pasado siguen valiendo, sin el nombre.
effect-erase-final = Nadie puede deshacerlo. Para dejar fuera a alguien que quizá vuelva, desactívelo.
providers = Proveedores de identidad
providers-hint = A quien solo entra por un proveedor nunca se le pide aquí un segundo factor. Por omisión: ninguno. De cada cambio se le avisa por correo.
provider = Proveedor
provider-hint = Un nombre corto como google, saml, jwt.
provider-wrong = Un proveedor se nombra con 1 a 40 caracteres de a–z, 0–9 y guiones.
provider-linked = Ya está vinculado a este proveedor. Desvincúlelo primero.
provider-too-many =
    { $n ->
        [one] Se puede vincular como máximo { $n } proveedor. Desvincule uno primero.
       *[other] Se pueden vincular como máximo { $n } proveedores. Desvincule uno primero.
    }
subject = Quién es allí
subject-hint = El sujeto con el que lo conoce el proveedor.
subject-wrong = Un sujeto tiene de 1 a 255 caracteres.
subject-taken = Otra persona de aquí es ese sujeto para el proveedor.
link = Vincular
unlink = Desvincular
said-linked = Puede entrar por este proveedor. Se le avisó por correo.
said-unlinked = Ya no puede entrar por este proveedor; sus sesiones han terminado.
said-person-saved = Guardado.
said-erased = La persona está borrada.
error-last-way-in = Es su única forma de entrar
error-last-way-in-advice = Invítela primero, para que elija una contraseña; después se puede desvincular el proveedor.
error-not-waiting = No hay a qué invitarla
error-not-waiting-advice = Tiene una contraseña, o entra por un proveedor.
error-mailed-just-now = Acaba de enviarse un correo
error-mailed-just-now-advice = Espere un minuto y envíe otro.

# Grupos
groups-title = Grupos
groups-lead = Los grupos sirven para políticas que solo atañen a algunas personas y para encontrar a alguien. Sus nombres están en el registro tal cual: nada de datos personales.
groups-empty = Todavía no hay grupos.
groups-none = Todavía no hay grupos. Se crean en la página «Grupos».
groups-gone = Uno de estos grupos ya no existe.
groups-too-many =
    { $n ->
        [one] Una persona está como máximo en { $n } grupo.
       *[other] Una persona está como máximo en { $n } grupos.
    }
group-people =
    { $n ->
        [0] No hay nadie en él.
        [one] Hay { $n } persona en él.
       *[other] Hay { $n } personas en él.
    }
group-how = Se mete a alguien en un grupo, y se le saca, en su propia página.
group-all = Todas las personas de este grupo
group-new = Otro grupo
group-make = Crear el grupo
group-rename = Otro nombre
group-name-hint = De 1 a 80 caracteres, distinto del de cualquier otro grupo.
group-name-wrong = Un nombre tiene de 1 a 80 caracteres y ninguno de control.
group-name-taken = Otro grupo tiene este nombre.
group-too-many =
    { $n ->
        [one] Una cuenta tiene como máximo { $n } grupo.
       *[other] Una cuenta tiene como máximo { $n } grupos.
    }
group-in-policy = No se puede eliminar mientras lo nombre una política. Cambie primero la política.
group-delete = Eliminar el grupo
group-delete-title = ¿Eliminar este grupo?
effect-group-people =
    { $n ->
        [0] No hay nadie en él.
        [one] { $n } persona deja de estar en él.
       *[other] { $n } personas dejan de estar en él.
    }
effect-group-stay = Las personas quedan como están.
effect-group-log = El registro sigue diciendo quién estuvo en él y cuándo.
error-group-in-use = Una política nombra este grupo
error-group-in-use-advice = Cambie primero la política; después se puede eliminar el grupo.
said-group-made = El grupo está creado.
said-group-renamed = El grupo tiene otro nombre.
said-group-deleted = El grupo está eliminado. Sus personas se quedan.

# Importación
import-title = Importar personas
import-lead = Una tabla de personas de otro sistema. Primero se mira línea por línea y no se registra a nadie; después decide usted.
import-file = Un archivo CSV
import-file-hint = UTF-8, como máximo 10 000 personas y 5 MB.
import-template = Una tabla vacía para empezar
import-paste = O péguela aquí
import-check = Mirarla
import-columns = Sus columnas
import-column-needed = Para todos. Los roles son admin, agent, auditor, end_user; nunca owner.
import-column-language = en, es o ko. Por omisión: en.
import-column-groups = Nombres de grupos que existen, separados por ;. Por omisión: ninguno.
import-column-provider = Quién es para un proveedor de identidad: ambas o ninguna. Por omisión: ninguna.
import-column-password = Un hash de otro sistema (argon2, scrypt, PBKDF2, bcrypt). Cuenta como declarado hasta que la contraseña se use aquí por primera vez.
import-column-otp = Un enlace otpauth://totp/… con la semilla de su autenticador. Cuenta como declarado hasta que aquí se acepte por primera vez un código suyo.
import-nothing = No hay nada que importar. Elija un archivo o pegue una tabla.
import-too-large = Una tabla tiene como máximo 5 MB.
import-not-utf8 = Esto no es UTF-8. Guarde la tabla con esa codificación e inténtelo de nuevo.
import-check-title = Qué haría la importación
import-done-title = Importado
import-done-lead = Lo que vino de otro sistema es declarado hasta que se use aquí por primera vez; la página de cada persona lo dice. Las invitaciones están en camino.
import-cannot = Así no se puede importar nada. Corrija la tabla y mírela otra vez.
import-nothing-yet = Todavía no se ha registrado a nadie.
import-again = Otra tabla
import-confirm =
    { $n ->
        [one] Importar { $n } persona
       *[other] Importar { $n } personas
    }
import-lines = Línea por línea
import-line = Línea
import-what = Qué pasa con ella
import-new = Nueva
import-created = Registrada
import-exists = Ya está aquí
import-wrong = Con errores
import-failed = No registrada
import-exists-hint = Alguien tiene esta dirección; no se cambia nada suyo.
import-not-yours = Usted no puede dar este rol a nadie.
import-taken-meanwhile = Entretanto otra persona ocupó la dirección o el sujeto.
import-invited = Le llega una invitación por correo.
import-provider = Entra por { $v }.
import-password = Hash de contraseña, declarado.
import-factor = Autenticador, declarado.
import-groups =
    { $n ->
        [one] En { $n } grupo.
       *[other] En { $n } grupos.
    }
import-more =
    { $n ->
        [one] { $n } línea más no se muestra.
       *[other] { $n } líneas más no se muestran.
    }
import-flaw-header = Una columna desconocida, o una cabecera que no se pudo leer.
import-flaw-column = La columna falta, o está dos veces.
import-flaw-line = Otro número de campos que la cabecera, no es UTF-8, o pasa del máximo de una tabla.
import-flaw-name = De 1 a 100 caracteres.
import-flaw-email = Una dirección como ada@example.com, que no esté en otra línea.
import-flaw-role = Uno de admin, agent, auditor, end_user; a los propietarios se les nombra uno a uno.
import-flaw-language = Uno de en, es, ko.
import-flaw-groups = Nombres de grupos que existen, separados por ;. Créelos primero.
import-flaw-provider = Va junto con provider_subject.
import-flaw-provider-subject = Va junto con provider.
import-flaw-password-hash = No es un hash que se pueda leer, o no es bastante fuerte para guardarlo.
import-flaw-otp-uri = Un enlace otpauth://totp/… con una semilla y cifras que funcionen aquí.

# Programas y tokens
programs-lead = Los programas usan la API con tokens: sin contraseña y sin que se les pida un código.
own-tokens = Sus tokens de API
own-tokens-hint = Actúan en su nombre, nunca hacen más de lo que usted puede en ese momento y terminan con su rol. Tiene como máximo 20.
tokens-title = Tokens de API
tokens-none = No hay tokens.
token-new = Un nuevo token de API
token-new-own = Un nuevo token
programs-title = Programas de la cuenta
programs-hint = Actúan en su propio nombre. Atañe a quienes entran o son gestionados por ellos.
programs-none = Todavía no hay ningún programa registrado.
program-new = Registrar un programa
program-register = Registrar
program-name-hint = De 1 a 80 caracteres, distinto de cualquier otro. Lo muestran las sesiones que abre.
program-name-wrong = Un nombre tiene de 1 a 80 caracteres y ninguno de control.
program-name-taken = Otro programa tiene este nombre.
program-too-many =
    { $n ->
        [one] Una cuenta tiene como máximo { $n } programa. Quite uno primero.
       *[other] Una cuenta tiene como máximo { $n } programas. Quite uno primero.
    }
program-tokens =
    { $n ->
        [0] Sin tokens
        [one] { $n } token
       *[other] { $n } tokens
    }
program-no-tokens = Todavía no tiene token, y no puede hacer nada.
program-token-end-hint = Un token terminado no vale desde su próxima petición. Las sesiones que abrió siguen; quite el programa para terminarlas.
program-remove = Quitar el programa
program-remove-hint = Sus tokens terminan al instante, y toda sesión de la que respondió.
program-remove-title = ¿Quitar este programa?
effect-program-tokens =
    { $n ->
        [0] No tiene tokens.
        [one] { $n } token deja de valer en su próxima petición.
       *[other] { $n } tokens dejan de valer en su próxima petición.
    }
effect-program-sessions = Terminan las sesiones de las personas por las que respondió; vuelven a entrar.
effect-program-log = Lo que hizo permanece en el registro.
token-lead-own = Un token permite que un programa actúe en su nombre. Se le avisa por correo.
token-lead-program = Un token permite que el programa use la API en su propio nombre.
token-name-hint = Para que lo reconozca: «Exportación nocturna».
token-scopes = Para qué puede usarse
token-days = Días hasta que termina
token-days-hint = Por omisión { $n }. De 1 a 365; después deja de valer y usted emite otro.
token-days-wrong = Entre { $v } y { $w } días.
token-no-scope = Elija al menos uno.
token-trust-alone = Los dispositivos de confianza cuentan en las entradas de las que responde: elija también eso.
token-beyond-role = Esto no se puede dar aquí: { $v }.
token-too-many =
    { $n ->
        [one] Ya hay { $n } token, y no puede haber más. Termine uno primero.
       *[other] Ya hay { $n } tokens, y no puede haber más. Termine uno primero.
    }
token-issue = Emitir el token
token-shown-title = Aquí está el token
token-once = Lo ve esta única vez. Póngalo donde el programa lee sus secretos.
token-how = El programa lo envía con cada petición:
token-kept = Lo he guardado
token-end = Terminar
issued = emitido
scope-read-account-hint = Por omisión: no. Nombre, política e interruptor de la cuenta.
scope-read-people-hint = Por omisión: no. Nombres, direcciones, roles y estados de todos.
scope-read-status-hint = Por omisión: no. El informe de estado de todos, y quién usa la API.
scope-read-audit-hint = Por omisión: no. Cada evento de todos, con nombres y direcciones de red.
scope-export-hint = Por omisión: no. Lo mismo como archivos para llevarse.
scope-manage-end-users-hint = Por omisión: no. Registra, edita y desactiva usuarios finales; a nadie del equipo.
scope-assert-sign-in-hint = Por omisión: no. El programa comprueba él mismo la contraseña, y las entradas de usuarios finales empiezan por el segundo factor.
scope-assert-trust-hint = Por omisión: no. En esas entradas no se pide código en un dispositivo de confianza.
said-program-registered = El programa está registrado. No puede hacer nada hasta que tenga un token.
said-program-removed = El programa está quitado. Han terminado sus tokens y las sesiones de las que respondió.
said-token-ended = El token no vale desde su próxima petición.
in-use-title = Quién usa aún contraseñas
in-use-lead = Quién usa la API sin una persona al teclado, y a quién rompería exigir un segundo factor.
in-use-passwords = Contraseñas en peticiones
in-use-passwords-hint = Programas que envían el correo y la contraseña de alguien. Cada uno se anota una vez al día.
in-use-no-passwords = Ningún programa ha mostrado una contraseña.
in-use-breaks =
    { $n ->
        [0] Ninguno se rompería si ahora se exigiera a todos un segundo factor.
        [one] { $n } se rompería si ahora se exigiera a todos un segundo factor.
       *[other] { $n } se romperían si ahora se exigiera a todos un segundo factor.
    }
in-use-whose = De quién es la contraseña
in-use-agent = Programa
in-use-unknown = no lo dijo
in-use-future = De ahora en adelante
in-use-holder = De quién
in-use-tokens-hint = Ninguna política de segundos factores los rompe. El uso se anota como máximo una vez por hora.
in-use-more = Hay más de los que se muestran.
password-now-open = Sigue, tal como están las cosas.
password-now-ending = Sigue hasta su final anunciado.
password-now-off = Se rechaza ahora.
password-breaks-at = Termina el { $v }.
password-breaks-if-required = Se rompe en cuanto se exija a todos un segundo factor.

# Ajustes de la cuenta
settings-lead = Cómo se muestra la cuenta, y a quién dice qué. Cada cambio está en el registro de auditoría.
settings-read-only = Puede leer estos ajustes, no cambiarlos.
settings-name = Nombre
settings-name-hint = Como se dio al principio. Lo nombran todo aviso y toda carta a todos. De 1 a 80 caracteres, distinto del de cualquier otra cuenta.
settings-slug = El nombre corto se queda: { $v }
settings-logo = Logotipo
settings-logo-hint = Por omisión: ninguno. Está junto al nombre para todos, también antes de entrar. Un PNG de 16 KiB y 1024 × 1024 píxeles como máximo.
settings-logo-now = El logotipo actual
settings-no-logo = Quitar el logotipo
settings-languages = Idiomas
settings-languages-hint = Por omisión: todos. Las páginas y las cartas de todos los de aquí están en uno de estos.
settings-first-language = Primer idioma
settings-first-language-hint = Por omisión: inglés. Lo que leen quienes desean un idioma que no se ofrece, y las personas nuevas hasta que eligen. Solo cuenta si se ofrece.
settings-zone = Zona horaria
settings-zone-hint = Por omisión: UTC. Un nombre como Asia/Seoul: las páginas y las cartas muestran las horas en ella. Los archivos y la API siguen en UTC.
settings-help = Dónde hay ayuda
settings-help-hint = Por omisión: en ninguna parte. Cada página la nombra a todos: una dirección que empieza por https:// o mailto:.
settings-notices = Avisos a propietarios y administradores
settings-notices-hint = Por omisión: ninguno. Lo que desean saber por carta además de las personas afectadas.
notice-locked-out = Alguien queda bloqueado
notice-locked-out-hint = Tras demasiados intentos erróneos.
notice-team-changed = Cambia el equipo
notice-team-changed-hint = Alguien se incorpora, o tiene otro rol.
notice-policy-changed = Cambia la política
notice-policy-changed-hint = La política, el límite del propietario o el perfil elegido. De lo programado para una fecha se les avisa siempre.
notice-password-access = Un programa muestra una contraseña
notice-password-access-hint = En una petición a la API.
account-name-wrong = Un nombre tiene de 1 a 80 caracteres, alguno visible y ninguno de control.
account-name-taken = Otra cuenta tiene un nombre que se le parece.
time-zone-wrong = Esto no es una zona horaria. Asia/Seoul, por ejemplo, lo es.
help-wrong = Una dirección empieza por https:// o mailto: y tiene como máximo 200 caracteres.
logo-wrong = Un logotipo es un PNG de 16 KiB y 1024 × 1024 píxeles como máximo.
said-settings-saved = Los ajustes están guardados.

# El reloj de un entorno de pruebas
clock-title = El reloj de este entorno de pruebas
clock-set = Ajustar el reloj
clock-forwards = Solo va hacia delante, y sigue desde allí. Por omisión: el reloj del servidor.
clock-affects = Atañe a todos los de esta cuenta: sesiones, confianza, enlaces y esperas terminan según él, y los códigos cuentan según él.
clock-app = Ajuste también el reloj de su aplicación de autenticación, o sus códigos no valdrán.
clock-later = Adelantar
clock-hour = 1 hora
clock-day = 1 día
clock-week = 7 días
clock-month = 30 días
clock-on = O hasta el día
clock-latest = A más tardar { $v }.
clock-time-hint = Por omisión: medianoche.
clock-backwards = El reloj de un entorno de pruebas solo se adelanta.
clock-too-far = El reloj de un entorno de pruebas va como máximo diez años por delante.
said-clock-set = El reloj está ajustado.

# El propio perfil
own-profile = Su perfil
profile-name-hint = Como lo ven los demás de esta cuenta.
profile-language-hint = Las páginas y las cartas para usted están en este idioma.
profile-email-hint = Va un enlace a la nueva dirección y un aviso a la actual. Nada cambia hasta que se use el enlace.
profile-password-hint = Va un enlace para elegir otra contraseña a { $v }. Termina sus sesiones y la confianza en sus dispositivos; su segundo factor se queda.
profile-password-send = Enviarme el enlace
said-profile-saved = Su perfil está guardado.
said-password-mailed = Hay un enlace en camino para elegir otra contraseña.

# Sign-ins, and why
sign-ins-title = Inicios de sesión
sign-ins-lead = Si se pidió un código en cada inicio de sesión, y por qué.
sign-ins-none = Aún no hay inicios de sesión
sign-ins-why = ¿Por qué?
why-asked-title = Por qué se pidió un código, o no
why-asked-method = completado con: { $v }
why-asked-event = suceso { $n }
why-asked-policy = La política vigente la fijó
why-asked-first-policy = La política vigente es la inicial de la cuenta.
