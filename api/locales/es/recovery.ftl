# Recovery
event-RecoveryRequested = Vuelta a la cuenta solicitada
event-RecoveryRefused = Vuelta a la cuenta rechazada
event-RecoveryGranted = Código de recuperación concedido
event-RecoveryCodeRevealed = Concesión de recuperación: código mostrado
event-RecoveryGrantUsed = Concesión de recuperación usada
event-RecoveryGrantRevoked = Concesión de recuperación terminada sin usar
event-RecoveryCompleted = Recuperación completada
told-granted = Entró una vez con el código de una concesión de recuperación
told-handed-link = El código llega solo a la persona, por un enlace de un solo uso
told-handed-issuer = El código se mostró a quien lo concedió
value-recovery = enlace a un código de recuperación
value-recovery-grant = código de una concesión de recuperación
value-way-grant = código concedido por un propietario o administrador
value-way-staff = restablecimiento pedido por el equipo, tras una espera
value-way-mailbox = contraseña y código por correo, tras una espera
value-way-trusted-device = en un dispositivo de confianza, tras una espera
value-way-owner = vía propia de un propietario, tras una espera con aviso al equipo
value-end-user = nadie da un código a un usuario final
value-password-mailed = la contraseña se restableció por correo hace poco
value-address-changed = la dirección cambió hace poco
value-objected-factor = la persona mostró su segundo factor
value-objected-person = la persona lo pidió
value-objected-staff = el equipo lo pidió
value-objected-password = se estableció una contraseña nueva
value-objected-address = la dirección cambió
value-objected-replaced = otra cosa ocupó su lugar
value-change-owner-identity = cambiar con qué entra un propietario
value-grant-owner-recovery = dejar entrar a un propietario con un código
by-recovery-grant = Con un código de recuperación concedido
said-reset-refused = Rechazado, y queda registrado: en las últimas 72 horas se restableció la contraseña por correo o cambió la dirección. Inténtelo más tarde.
recover-title = Su vuelta a la cuenta
recover-lead = { $v } le deja entrar una vez en { $w } sin su segundo factor.
recover-show = Mostrar mi código
recover-now = Anótelo ahora. Inicie sesión con su contraseña, elija «Usar un código de recuperación» y escríbalo. Con él, su autenticador anterior deja de valer.
recover-required = Luego configure otro: esta cuenta lo exige.
recover-optional = Esta cuenta no exige ninguno: configure otro allí, o inicie sesión de nuevo solo con su contraseña.
recover-once = Solo se muestra esta vez y sirve una sola vez.
recover-sign-in = Iniciar sesión
lost-everything = No tengo ninguno de estos
lost-title = ¿Ha perdido su segundo factor?
lost-lead = Le enviamos un código a su dirección. Con él empieza una espera de 72 horas (7 días para un propietario si hay otros), en la que se avisa a usted y a todos los afectados. Después configura otro autenticador. Si aparece su autenticador o un código, úselo: eso termina la espera.
lost-mail-code = Enviarme un código
lost-mailed = Un código va camino de su dirección. Vale 10 minutos.
lost-code = Código del correo
lost-code-hint = 8 cifras
lost-code-malformed = Un código por correo tiene 8 cifras.
lost-code-wrong = Este no es el código. Mire el correo más reciente.
lost-waits = Si nadie se opone, su segundo factor se restablece el
lost-then = A partir de entonces, inicie sesión con su contraseña y configure otro autenticador.
lost-doubted = Todavía no es posible, y queda registrado: en las últimas 72 horas se restableció su contraseña por correo o cambió su dirección.
lost-team = Pida ayuda a un propietario o administrador de su equipo: puede concederle un código para entrar una vez.
lost-back = Volver al inicio de sesión

# The cases
menu-recovery = Recuperación
recovery-lead = Quién perdió su segundo factor y cómo volvió: quién lo pidió, quién lo aprobó, qué se usó y cuándo.
recovery-second-owner = Aún no vale: lo aprueba un segundo propietario.
recovery-none = No hay casos así.
recovery-way = Por qué vía
recovery-asked = Pedido
recovery-more = Hay más de los que se muestran.
recovery-orphans =
    { $n ->
        [one] Ha quedado { $n } caso sin cerrar.
       *[other] Han quedado { $n } casos sin cerrar.
    }
recovery-left-lying = Sin cerrar
recovery-themselves = la propia persona
recovery-bare = Restablecimientos que no pertenecen a ningún caso
recovery-bare-hint = Por el equipo, al instante: el último de cada persona.
enrol-optional = Su segundo factor perdido ha terminado. Esta cuenta no exige ninguno: configure otro ahora, o cierre la sesión e iníciela de nuevo solo con su contraseña.
recovery-reenrolled = tiene otro factor
recovery-not-reenrolled = sin factor desde entonces
recovery-case-title = Caso de recuperación
recovery-chain = Qué ocurrió
recovery-stop = Detenerlo
recovery-stop-hint = Todo queda como está y se avisa a la persona.
recovery-approved = Aprobado por
recovery-let = Permitido por
recovery-operated = El operador
recovery-renewed = Lo que restableció
recovery-refused = Rechazado
recovery-granted = Código concedido
recovery-the-code = El código
recovery-expires = Vale hasta
recovery-revealed = Mostrado a la persona
recovery-used = Usado
recovery-waits = En espera desde
recovery-due = Se restablece el
recovery-reset = Segundo factor terminado
recovery-stopped = Detenido
recovery-stopped-why = Porque
recovery-frozen = Congelado
recovery-frozen-how = Cómo se congeló
recovery-thawed = De vuelta
recovery-thawed-how = Con qué
recovery-completed = Otro factor
stage-requested = Pedido
stage-refused = Rechazado
stage-granted = Código concedido
stage-waiting = En espera
stage-open = Aún sin factor
stage-completed = Completado
stage-stopped = Detenido
stage-expired = Terminado sin usar
stage-frozen = Congelado
orphan-never-used = Nunca usado
orphan-never-used-advice = Se concedió un código y nunca se usó. Pregunte si la persona entró de otro modo o necesita otro.
orphan-never-reenrolled = Sin configurar de nuevo
orphan-never-reenrolled-advice = El segundo factor terminó hace más de un día y no hay otro. Pida a la persona que configure uno.
orphan-without-case = Sin caso
orphan-without-case-advice = Un restablecimiento del equipo que ningún caso explica. El registro tiene su motivo.
orphan-still-frozen = Sigue congelado
orphan-still-frozen-advice = Lleva una semana congelado y no ha vuelto. Pregunte a la persona por otra vía si encontró el camino de vuelta, o responda por ella.

# A grant
help-grant = Dejarle entrar con un código
help-grant-hint = Si perdió el teléfono: un código para un inicio de sesión, en el que termina el factor perdido.
help-granted = Hay un código de recuperación concedido, válido hasta
help-grant-unseen = Nadie lo ha visto todavía.
help-grant-seen = El código se ha mostrado y aún no se ha usado.
grant-title = ¿Dejar entrar a esta persona con un código?
grant-hours = Vale durante
grant-do = Conceder un código
grant-show = Mostrarme el código, para decirlo yo
grant-show-hint = Por defecto: no. De otro modo llega solo a la persona. Queda registrado que usted lo vio. Uno que se envía por correo vale un día como máximo.
effect-grant = Junto con su contraseña, el código abre un inicio de sesión.
effect-grant-link = Llega solo a la persona, por un enlace de un solo uso a su dirección.
effect-grant-ends = En ese inicio de sesión termina el segundo factor perdido, y antes de nada configuran otro.
effect-grant-ends-optional = En ese inicio de sesión termina el segundo factor perdido. No se les exige ninguno: configuran otro allí, o inician sesión de nuevo solo con su contraseña.
granted-title = El código, solo esta vez
granted-tell = Dígaselo a la persona y a nadie más. Tras su contraseña, elige «Usar un código de recuperación».
granted-once = No se vuelve a mostrar. Queda registrado que usted lo vio.
granted-back = Volver a la persona
said-granted = Se ha concedido un código. Un enlace de un solo uso va camino de la persona.
said-grant-refused = Rechazado, y queda registrado: nadie da un código a un usuario final, ni en las 72 horas tras restablecer la contraseña por correo.
said-recovery-stopped = Detenido. Todo queda como estaba.
error-grant-span = Un código enviado por correo vale un día
error-grant-span-advice = Elija 24 horas como máximo o, donde las reglas de esta cuenta lo permitan, haga que se le muestre y dígaselo a la persona.
error-issuer-may-not-see = No puede ver este código
error-issuer-may-not-see-advice = Las reglas de esta cuenta no muestran los códigos a quien los concede, y nadie ve el de un propietario. Concédalo sin verlo: llega solo a la persona.

# One's own way back
reset-waiting-own = Se ha pedido en su nombre restablecer su segundo factor. Rige desde el
own-granted = Alguien de su equipo concedió un código que le deja entrar sin su segundo factor, válido hasta
own-granted-stop = No lo necesito: terminarlo
repair-offer = ¿Teléfono nuevo y ya no tiene el factor anterior?
repair-title = Sustituir un segundo factor perdido
repair-mail = Este dispositivo es de confianza: bastan su contraseña y un código que le enviamos por correo para pedirlo.
repair-wait = Luego espera: { $v }. Se avisa a usted y a todos los afectados.
repair-end = Usar su segundo factor, o un clic en «Su seguridad», lo termina. Después inicia sesión con su contraseña y configura otro factor.
said-repair-waits = La espera ha comenzado. Abajo ve cuándo termina, y puede terminarla usted.
error-not-trusted = No es posible en este dispositivo
error-not-trusted-advice = Hace falta una sesión en un dispositivo de confianza, abierta sin código, y que no haya un restablecimiento en espera. Si no, cierre la sesión, vuelva a iniciarla y elija «No tengo ninguno de estos».

# What governs it
governance-issuers = Quien concede un código puede verlo
governance-issuers-hint = Para decirlo a la persona bloqueada; nunca el de un propietario. De otro modo llega solo a la persona.
governance-repair = Horas de espera en un dispositivo de confianza
governance-repair-default = Por defecto, { $n }.
governance-repair-hint = Tanto espera quien tiene un teléfono nuevo antes de configurar otro factor. De { $v } a { $w }.
concerns-everyone =
    { $n ->
        [one] Afecta a { $n } persona.
       *[other] Afecta a { $n } personas.
    }
