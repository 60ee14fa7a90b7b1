# One's own factors
change = Cambiar
asked-first = Se pide primero
token-serial = Número de serie
factor-rename = Otro nombre
factor-prefer = Pedir este primero
factor-prefer-hint = Al iniciar sesión se pide este primero. Los demás se siguen ofreciendo.
factor-remove = Quitarlo
factor-only-one = Este es su único segundo factor. Añada otro antes de quitarlo.
factor-remove-sessions = Sus demás sesiones terminan y ninguno de sus dispositivos sigue siendo de confianza.
factor-remove-told = Se le avisa por correo.
said-factor-renamed = El factor tiene otro nombre.
said-factor-preferred = Desde ahora se pide este primero.
enrol-start-title = Configurar un segundo factor
enrol-start-lead = Desde entonces, iniciar sesión pide su contraseña y algo que solo usted tiene.

# A hardware token of one's own
token-instead = O use un token físico
token-instead-lead = Una tarjeta o un llavero que muestra códigos, sin teléfono.
token-add = Añadir un token físico
token-add-lead = Una tarjeta o un llavero que muestra códigos, según su reloj o al pulsar un botón (OATH).
token-name = Token
token-name-example = Para reconocerlo: «Llavero», «Tarjeta».
token-which = ¿Qué token?
token-none-handed = No se le ha entregado ningún token de la cuenta. Los entregan los propietarios y administradores.
token-handed-hint = Se lo ha entregado esta cuenta.
token-by-seed = Uno cuya semilla tengo
token-by-seed-hint = Por ejemplo, una tarjeta que programa usted.
token-seed = Semilla
token-seed-hint = De 10 a 128 bytes en hexadecimal o base 32. No se vuelve a mostrar.
token-seed-wrong = Esto no se puede leer como semilla: de 10 a 128 bytes en hexadecimal o base 32.
token-moves = Un código nuevo
token-clock-30 = cada 30 segundos
token-clock-60 = cada 60 segundos
token-button = al pulsar un botón
token-digits = Cifras
token-algorithm = Hash
token-counter = Próximo contador
token-counter-hint = Solo de un token con botón. Por defecto: 0.
token-counter-wrong = Un contador es un número entero de 2^48 como máximo.
token-taken-back = Este token se retiró entretanto. Elija otro.
token-confirm-lead = Escriba el código que muestra ahora su token.
token-code = Código de su token físico
token-code-hint = Si se rechaza, el token puede estar desfasado: escriba en el campo dos códigos seguidos, uno tras otro.

# The account's stock of hardware tokens
stock-title = Tokens físicos
stock-lead = Los tokens de la cuenta. Cuando su titular escribe el primer código, el token es suyo. Si lo quita, se le restablece el segundo factor o se borra a la persona, se puede entregar de nuevo.
stock-none = No hay tokens. Importe el archivo que venía con los suyos.
stock-then = Los tokens de la cuenta que se habían entregado y no estaban configurados todavía. No se muestran los que nadie tenía entonces: ningún evento los nombra.
stock-none-then = Nadie tenía un token sin configurar.
stock-imported =
    { $n ->
        [one] { $n } token importado
       *[other] { $n } tokens importados
    }
stock-in-hands = { $n ->
        [one] { $n } entregado
       *[other] { $n } entregados
    }
stock-bound = { $n ->
        [one] { $n } configurado
       *[other] { $n } configurados
    }
stock-kind = Tipo
stock-holder = Entregado a
stock-nobody = nadie
stock-set-up = configurado
stock-import = Importar
stock-assign = Entregar
stock-withdraw = Retirar
stock-clock =
    { $n ->
        [one] cada { $n } segundo
       *[other] cada { $n } segundos
    }
stock-digits =
    { $n ->
        [one] { $n } cifra
       *[other] { $n } cifras
    }
stock-added =
    { $n ->
        [one] Se ha añadido { $n } token.
       *[other] Se han añadido { $n } tokens.
    }
stock-known =
    { $n ->
        [one] { $n } ya estaba y queda como está.
       *[other] { $n } ya estaban y quedan como están.
    }
stock-import-title = Importar tokens físicos
stock-import-lead = Del archivo que venía con los tokens: una tabla (CSV) o un contenedor de claves (PSKC). De un archivo con fallos no se guarda nada.
stock-file = Archivo
stock-file-hint = Como máximo 1.000 tokens y 2 MB. El formato se reconoce por el archivo.
stock-encrypted = Si el contenedor está cifrado
stock-encrypted-hint = Uno de los dos, tal como se lo dio el fabricante. No se comprueba si está firmado.
stock-password = Contraseña del contenedor
stock-key = Clave precompartida
stock-key-hint = 32 cifras hexadecimales.
stock-look = Solo mirar
stock-column-needed = Lo que lleva impreso el token y su semilla. Ambos son necesarios; sin encabezado van primero, en este orden.
stock-column-type = totp o hotp; totp si no se dice.
stock-column-figures = 6 u 8 cifras; 30 o 60 segundos, o el próximo contador; SHA1, SHA256 o SHA512. Si no se dice: 6, 30, 0, SHA1.
stock-column-encoding = hex o base32, si la semilla podría ser ambas cosas.
stock-no-file = Elija un archivo.
stock-not-text = Este archivo no es texto en UTF-8.
stock-key-wrong = Una clave precompartida tiene 32 cifras hexadecimales.
stock-found =
    { $n ->
        [one] En el archivo hay { $n } token.
       *[other] En el archivo hay { $n } tokens.
    }
stock-would-add =
    { $n ->
        [one] Se añadiría { $n }. No se ha guardado nada.
       *[other] Se añadirían { $n }. No se ha guardado nada.
    }
stock-here = Ya están, y quedan como están: { $v }
stock-flaws = Qué falla en el archivo
stock-line = Línea { $n }
stock-more-flaws =
    { $n ->
        [one] No se muestra { $n } fallo más.
       *[other] No se muestran { $n } fallos más.
    }
stock-flaw-serial = Un número de serie tiene de 1 a 64 caracteres y aparece una vez.
stock-flaw-seed = La semilla falta o no se puede leer: de 10 a 128 bytes.
stock-flaw-type = Aquí solo sirven TOTP y HOTP.
stock-flaw-hash = Aquí solo sirven SHA-1, SHA-256 y SHA-512.
stock-flaw-digits = Los códigos tienen 6 u 8 cifras decimales, sin dígito de control.
stock-flaw-period = Un intervalo tiene 30 o 60 segundos, contados desde 1970.
stock-flaw-counter = Un contador es un número entero.
stock-flaw-key = El contenedor está cifrado, y lo indicado no lo abre o no se ha indicado nada.
stock-flaw-line = Esto no es un token que aquí se pueda leer.
stock-assign-title = Entregar un token físico
stock-assign-binds = No protege nada hasta que la persona escriba su primer código, en «Su seguridad».
stock-assign-back = Hasta entonces se puede retirar.
stock-serial-hint = Lo que lleva impreso.
stock-to = A quién
stock-to-hint = Su dirección de correo.
stock-no-serial = Ningún token de las existencias tiene este número de serie.
stock-theirs = Ya tiene este token.
stock-taken = Otra persona tiene este token. Retírelo primero.
stock-too-many =
    { $n ->
        [one] Ya tiene { $n } token sin configurar.
       *[other] Ya tiene { $n } tokens sin configurar.
    }
said-token-handed = El token está entregado. La persona lo configura en «Su seguridad».
said-token-back = El token vuelve a estar en las existencias.
help-token = Entregado, sin configurar: token físico
help-hand-token = Entregar un token físico
help-hand-token-hint = Uno de la cuenta. La persona lo configura.

# What else there is, by name
other-ways = Otras formas
use-factor = Usar { $v }
quoted = «{ $v }»
factor-called = «{ $v }» ({ $w })
code-from = De { $v }.
app-or-token-code = Código de su aplicación o token físico
a-recovery-code = Uno de sus códigos de recuperación
any-answers = Sirve cualquiera de estos:
step-up-lost = ¿Ninguno? Cierre la sesión, vuelva a iniciarla y elija allí «No tengo ninguno de estos».
