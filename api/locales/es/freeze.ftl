# «No fui yo»: congelar un acceso, y el camino de vuelta. El operador de la instalación dentro de una cuenta.

state-frozen = Congelado
rule-frozen = dijo que no fue ella
obstacle-frozen = Su acceso está congelado.
obstacle-frozen-fix = Vuelve con el enlace que se le envía por correo; usted puede responder por ella más abajo.

event-UserFrozen = Acceso congelado
event-ThawAllowed = Camino de vuelta sin segundo factor abierto
event-ThawStopped = Camino de vuelta sin segundo factor cerrado
event-UserThawed = El acceso vuelve a funcionar
event-OperatorGranted = Se permite al operador actuar en esta cuenta
event-OperatorGrantRevoked = Terminó el permiso del operador
told-thaw-from = Abierto a partir de { $v }
value-way-back = camino de vuelta a un acceso congelado
value-way-frozen = acceso congelado
value-way-operator = el operador de la instalación
value-locks = bloqueos y esperas
value-thaw = para volver
value-frozen-own-link = con el enlace de un aviso a la persona
value-frozen-former-link = con el enlace de un aviso a la dirección anterior
value-frozen-self = por la propia persona
value-frozen-staff = por el personal
value-thawed-factor = con un segundo factor o un código de recuperación
value-thawed-allowed = sin segundo factor, como se permitió
value-objected-frozen = se congeló el acceso
value-grant-operator = permitir que el operador actúe en esta cuenta
value-admin-link = creó un enlace de configuración para un miembro del equipo
value-admin-unlock = levantó los bloqueos de una persona
value-read-names = imprimió un informe con los nombres de las personas
value-import-tokens = añadió tokens físicos a las existencias

guarded-operator = Permitir que el operador actúe aquí
guarded-operator-hint = Por un tiempo, desde la línea de órdenes de la instalación.

not-me-title = ¿No ha sido usted?
not-me-lead = Esto congela su acceso a { $w } en { $v }.
not-me-what = Terminan todas las sesiones, en todos los dispositivos. Ningún dispositivo es ya de confianza. Ninguna contraseña, código, enlace o token de API suyo abre nada hasta que vuelva con una contraseña nueva.
not-me-back = Vuelve con un enlace a su dirección de correo y su segundo factor o un código de recuperación. Si no tiene ninguno, tarda más.
not-me-freeze = Congelar mi acceso
own-not-me = ¿Algo de esto no lo hizo usted?
own-not-me-hint = Congele su acceso ahora mismo. Se cierra su sesión en todas partes, también esta.

frozen-title = Su acceso está congelado
frozen-lead = Nadie entra ahora como usted, ni siquiera usted.
frozen-next = Qué viene ahora
frozen-next-mail = Le hemos enviado un enlace. Ábralo, muestre su segundo factor o un código de recuperación, y elija una contraseña nueva.
frozen-next-again = Pedir otro enlace
frozen-recent = Lo que ha pasado últimamente
frozen-recent-lead = Diga a los administradores qué no hizo usted.
frozen-recent-none = Nada que mostrar.
frozen-gave = Lo que se hizo en su nombre
frozen-gave-lead = La congelación no termina nada de esto. Cada cosa sigue hasta que un propietario o administrador la termine, en la consola: Programas, Operador, Recuperación, Personas y Política. Dígales enseguida qué no hizo usted.

frozen-ask-title = Volver a un acceso congelado
frozen-ask-lead = Si el acceso de esta dirección a { $v } está congelado, le enviamos un enlace de vuelta.
frozen-ask-send = Enviar el enlace
frozen-ask-link = ¿Su acceso está congelado?
said-way-back-mailed = Si el acceso de esa dirección está congelado, hay un enlace en camino.
said-thawed = Su acceso vuelve a funcionar. Inicie sesión con su contraseña nueva o por su proveedor de identidad.
said-froze = Su acceso está congelado, y se le ha avisado.
said-vouched = Hay un enlace de vuelta en camino.
said-thaw-waits = Se le ha avisado. Tras la espera, el enlace de vuelta no pide segundo factor.

thaw-title = Volver a su acceso
thaw-lead = Su acceso a { $w } en { $v } está congelado. Este es el camino de vuelta.
thaw-no-password = Usted entra por su proveedor de identidad: aquí no se pone ninguna contraseña.
thaw-no-code = Ya no hace falta ningún código además de este enlace.
thaw-do = Volver
thaw-nothing = No tengo nada de esto
thaw-has-nothing = Aquí no tiene ningún segundo factor que mostrar.
thaw-wait-lead = Entonces una espera ocupa su lugar. Se le avisa por todos los medios que tenemos, y cualquiera a quien concierna puede detenerla.
thaw-wait-do = Pedir la espera
thaw-team-lead = Entonces un propietario o administrador de su equipo debe responder por usted. Pídaselo, y después pida otro enlace.
thaw-waits-until = Sin código funciona a partir de
thaw-waits-later = Pida entonces otro enlace.
thaw-doubted = Todavía no es posible: hace poco se restableció su contraseña por correo, o cambió su dirección. Vuelva en { $v }.
thaw-same = Elija una contraseña que no tuviera antes.
thaw-signs-in-as = A partir de ahora inicia sesión como { $v }.

freeze-somebody = Congelar el acceso
freeze-somebody-hint = Si puede que haya entrado otra persona: terminan todas las sesiones, nada es de confianza, y nadie entra hasta que la persona vuelva con una contraseña nueva.
unfreeze-somebody = Responder por su vuelta
unfreeze-somebody-hint = Solo si está seguro de que es la persona quien lo pide. Usted no ve nada de ello.
unfreeze-team-hint = Se envía un enlace a la persona, que no pide segundo factor. Pone una contraseña nueva; usted no ve nada de ello. Asegúrese de que es ella quien lo pide.
unfreeze-customer-hint = Se envía un enlace a la persona. Sin segundo factor funciona pasadas 72 horas, de lo que se le avisa.
frozen-since = Congelado desde
frozen-opens = Se abre sin segundo factor a partir de
frozen-goes-to = El enlace de vuelta va a { $v }.
frozen-address-changed = Su dirección cambió por última vez el { $v }. Mire si el enlace va a un buzón suyo; si no, corrija primero la dirección.
frozen-disputed = La dirección anterior dijo «no fui yo» de ese cambio. Quien lo hizo no puede responder por esta persona: puede hacerlo otra persona del equipo que ya estuviera antes, u otro propietario, y no antes de 72 horas después del cambio; la palabra de un único propietario vale 72 horas después de darla.

menu-operator = Operador
operator-title = El operador de esta instalación
operator-lead = Quien lleva los servidores no tiene ningún papel en esta cuenta. Solo hace algo aquí mientras un propietario lo permite, y cada vez consta en el registro de auditoría y se avisa a los propietarios.
operator-none = El operador no tiene permiso para nada.
operator-now = Tiene permiso, hasta
operator-by = Concedido por
operator-end = Terminarlo ahora
operator-grant = Permitir que el operador actúe
operator-what = Para qué
operator-scope-link = Crear un enlace de configuración para un miembro del equipo
operator-scope-unlock = Levantar los bloqueos de una persona
operator-scope-read = Imprimir informes con los nombres de las personas
operator-scope-import = Añadir tokens físicos a las existencias
operator-hours = Cuántas horas, 72 como máximo
operator-for-hours = { $n ->
    [one] Durante una hora
   *[other] Durante { $n } horas
}
operator-do = Permitirlo
operator-limit = A esto se atiene el programa. Quien tiene la base de datos y la clave maestra puede leerlo todo sin preguntar; los informes con seudónimos y las comprobaciones del registro no necesitan permiso.
operator-acts = Lo que hizo
operator-acts-none = Nada todavía.
operator-wrong = Elija para qué, y un número de horas de 1 a 72.
said-operator-granted = El operador puede actuar ahora, y se ha avisado a los propietarios.
said-operator-ended = El operador ya no puede actuar.
