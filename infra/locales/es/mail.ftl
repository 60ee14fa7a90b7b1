# Mensajes a una persona. Cada uno nombra el producto y la cuenta que escriben.

signature =
    {"-- "}
    { $product } para { $account }

sandbox = Esto es un entorno de pruebas, no una cuenta real.

way-mail = correo electrónico
way-sms = SMS
notice-text = { $subject } ({ $product }, { $account })
first-binding-code-text = { $code } es su código de { $product } para { $account }. Sirve una vez, durante { $minutes } minutos. No lo comparta con nadie.

sms-code-text = { $code } es su código de { $product } para { $account }. Sirve una vez, durante { $minutes } minutos, donde se pidió. No lo comparta con nadie.
sms-code-subject = Su código para { $account }
sms-code-body =
    Su código de { $product } para { $account } sirve una vez, durante { $minutes } minutos: { $code }

number-added-text = { $product }, { $account }: sus códigos se envían ahora también al número terminado en { $ending }. Si no ha sido usted, avise ahora a la administración de { $account }.
number-added-subject = Los códigos de { $account } se envían a otro número de teléfono
number-added-body =
    Sus códigos de { $account } en { $product } se pueden enviar ahora al número de teléfono terminado en { $ending }.

    Si no ha sido usted, avise ahora a la administración de { $account } y cambie su contraseña.

number-removed-text = { $product }, { $account }: ya no se envían códigos a este número, terminado en { $ending }. Si no ha sido usted, avise ahora a la administración de { $account }.
number-removed-subject = Se ha quitado un número de teléfono de su cuenta en { $account }
number-removed-body =
    Los códigos de { $account } en { $product } ya no se envían al número de teléfono terminado en { $ending }.

    Si no ha sido usted, avise ahora a la administración de { $account } y cambie su contraseña.

test-subject = Los mensajes de { $account } llegan
test-body =
    El operador de { $product } quería saber si los mensajes llegan. Este llegó; no hay nada que hacer.

outage-subject = No salen mensajes de { $account }
outage-body =
    { $product } no pudo entregar los últimos { $failures } mensajes por { $way } de { $account }, dirigidos a varias personas. Puede que los códigos y enlaces no lleguen a nadie hasta que se arregle.

    Qué falló y por qué:

    { $page }

    Se le avisa de esto como máximo una vez al día por cada vía.

budget-spent-subject = { $account } ha agotado los mensajes de un día
budget-spent-body =
    { $whose ->
        [person] A una persona de { $account } se le enviaron por { $way } tantos códigos y enlaces como { $product } envía a una persona en un día.
        [person-anybody] Alguien que conoce la dirección de una persona de { $account } ha pedido tantos enlaces como { $product } envía en un día. Lo que la persona pida con la sesión iniciada y lo que usted le envíe sigue saliendo.
        [person-invited] Una persona de { $account } ha recibido tantas invitaciones como { $product } envía en un día. Lo que la persona pida sigue saliendo.
        [account-anybody] Quienes conocen una dirección han pedido tantos enlaces como { $account } envía por { $way } en un día. Lo que las personas pidan con la sesión iniciada y lo que usted les envíe sigue saliendo.
        [account-invited] Han salido tantas invitaciones como { $account } envía por { $way } en un día. Lo que las personas pidan sigue saliendo.
        [country] { $account } ha enviado por { $way } al país { $country } tantos códigos como envía allí en un día.
       *[account] { $account } ha enviado por { $way } tantos códigos y enlaces como envía en un día.
    }

    Hasta { $until } no salen más. Los avisos se siguen enviando: no cuentan para ningún límite.

    Qué límites se han agotado:

    { $page }

delivery-trouble-subject = Hay mensajes a una persona de { $account } que no llegan
delivery-trouble-body =
    { $product } no pudo entregar los últimos { $failures } mensajes por { $way } a una persona de { $account }.

    En su página se ve qué falló y por qué:

    { $page }

    Se le avisa de esto como máximo una vez al día por cada vía, afecte a cuantas personas afecte.

invitation-subject = Su invitación a { $account }
invitation-body =
    { $account } le invita a iniciar sesión con { $product }.

    Abra este enlace y elija una contraseña. Sirve una sola vez, durante { $hours ->
        [168] 7 días
       *[other] { $hours } horas
    }:

    { $link }

    Si no esperaba este mensaje, no haga nada.

set-up-subject = Configure su acceso a { $account }
set-up-body =
    Con este enlace puede elegir su contraseña para { $account } en { $product }. Sirve una sola vez, durante { $minutes } minutos:

    { $link }

    Si no esperaba este mensaje, no haga nada.

first-binding-code-subject = Su código para { $account }
first-binding-code-body =
    Alguien que conoce su contraseña de { $account } está configurando la autenticación en dos pasos en { $product }.
    Si es usted, escriba este código. Sirve una sola vez, durante { $minutes } minutos:

    { $code }

    Si no es usted, no dé este código a nadie y cambie ahora su contraseña.

two-factor-enabled-subject = La autenticación en dos pasos está activada para { $account }
two-factor-enabled-body =
    A partir de ahora { $account } le pedirá un código cuando inicie sesión con { $product }.

    Si no la ha activado usted, avise ahora a los administradores de { $account }.

factor-added-subject = Se ha añadido un segundo factor a su cuenta en { $account }
factor-added-body =
    Se ha añadido a su cuenta en { $account }, en { $product }, otro segundo factor: { $kind }, con el nombre «{ $name }». Desde ahora abre su cuenta igual que los demás.

    Si no ha sido usted, avise ahora a la administración de { $account } y cambie su contraseña.

kind-totp = aplicación de autenticación
kind-token = token físico
kind-sms = número de teléfono
kind-webauthn = llave de seguridad o clave de acceso

two-factor-reset-subject = Su autenticación en dos pasos para { $account } se ha restablecido
two-factor-reset-body =
    Su autenticador, sus códigos de recuperación y sus dispositivos de confianza ya no sirven para { $account } en { $product }.
    Si es obligatoria, volverá a configurar la autenticación en dos pasos la próxima vez que inicie sesión.

    Si no lo ha pedido usted, avise ahora a los administradores de { $account }.

two-factor-disabled-subject = { $account } ha desactivado la autenticación en dos pasos
two-factor-disabled-body =
    { $account } ha desactivado la autenticación en dos pasos en { $product } para todas las personas.
    Su autenticador, sus códigos de recuperación y sus dispositivos de confianza ya no sirven.
    Si se vuelve a activar, cada persona la configurará de nuevo.

own-two-factor-disabled-subject = Su autenticación en dos pasos de { $account } está desactivada
own-two-factor-disabled-body =
    Ha desactivado su autenticación en dos pasos de { $account } en { $product }. Desde ahora se pide solo la contraseña.
    Su autenticador, sus códigos de recuperación y sus dispositivos de confianza ya no sirven.

    Si no ha sido usted, avise ahora a la administración de { $account } y cambie su contraseña.

recovery-code-used-subject = Se ha usado un código de recuperación para { $account }
recovery-code-used-body =
    Se acaba de usar uno de sus códigos de recuperación para { $account } en { $product }. Códigos restantes: { $left }.

    Si no ha sido usted, avise ahora a los administradores de { $account }.

recovery-codes-low-subject = Quedan pocos códigos de recuperación para { $account }
recovery-codes-low-body =
    Se acaba de usar uno de sus códigos de recuperación para { $account } en { $product }. Códigos restantes: { $left }.

    Cree otros mientras pueda iniciar sesión; los anteriores dejarán de valer:
    { $page }

    Si no ha sido usted, avise ahora a los administradores de { $account }.

recovery-codes-exhausted-subject = Se ha usado el último código de recuperación para { $account }
recovery-codes-exhausted-body =
    Se acaba de usar el último de sus códigos de recuperación para { $account } en { $product }. No queda ninguno: sin su otro factor ya no podrá iniciar sesión.

    Cree otros ahora:
    { $page }

    Si no ha sido usted, avise ahora a los administradores de { $account }.

device-trusted-subject = Un dispositivo nuevo es de confianza para { $account }
device-trusted-body =
    Se ha marcado un dispositivo como de confianza para su acceso a { $account } en { $product }. No pedirá código durante { $days } días.

    Si no ha sido usted, retire la confianza en «Dispositivos» y cambie su contraseña.

password-changed-subject = Su contraseña de { $account } ha cambiado
password-changed-body =
    Su contraseña de { $account } en { $product } ha cambiado. Las demás sesiones han terminado y ningún dispositivo es ya de confianza.

    Si no ha sido usted, avise ahora a los administradores de { $account }.

factor-removed-subject = Se ha quitado un autenticador de su cuenta en { $account }
factor-removed-body =
    Se ha quitado uno de sus autenticadores de { $account } en { $product }. Sus demás autenticadores y sus códigos de recuperación siguen sirviendo.

    Si no ha sido usted, avise ahora a la administración de { $account } y cambie su contraseña.

recovery-codes-replaced-subject = Nuevos códigos de recuperación de { $account }
recovery-codes-replaced-body =
    Tiene nuevos códigos de recuperación de { $account } en { $product }. Los anteriores ya no sirven.

    Si no ha sido usted, avise ahora a la administración de { $account } y cambie su contraseña.

api-token-issued-subject = Un nuevo token de API para su cuenta en { $account }
api-token-issued-body =
    Un programa puede usar ahora { $product } en su nombre en { $account }, con el token «{ $name }». Vale { $days } días y nunca permite más de lo que usted puede hacer.

    Si no fue usted, termínelo en la página «Programas», elija otra contraseña y avise ahora a los administradores de { $account }.
policy-scheduled-subject = { $account }: hay una política de seguridad programada
policy-scheduled-body =
    Se ha programado en { $product } un cambio de la política de seguridad de { $account }.

    Entra en vigor el { $date }, sin ningún otro paso. Hasta entonces, propietarios y administradores pueden ver a quién afecta y retirarlo.

policy-schedule-cancelled-subject = { $account }: se ha retirado una política de seguridad programada
policy-schedule-cancelled-body =
    Se ha retirado el cambio de la política de seguridad de { $account } que estaba programado en { $product }. No cambia nada.

password-change-demanded-subject = Debe cambiar su contraseña de { $account }
password-change-demanded-body =
    Alguien inició sesión en { $account } de { $product } con su contraseña y después escribió códigos incorrectos, diez veces seguidas. Por eso su contraseña ya no abre nada y todas las sesiones que había abierto han terminado. Sus autenticadores y sus códigos de recuperación siguen igual.

    Elija una contraseña nueva que no use en ningún otro sitio. Empiece en { $page } o pida un enlace a los administradores de { $account }.

    Si fue usted, haga lo mismo: no hace falta nada más.

password-reset-subject = Una contraseña nueva para { $account }
password-reset-body =
    Alguien ha pedido una contraseña nueva para su acceso a { $account } en { $product }. Si ha sido usted, abra este enlace y elija una. Funciona una sola vez, durante { $minutes } minutos:

    { $link }

    Sus autenticadores y códigos de recuperación siguen igual. Si no ha sido usted, no haga nada: su contraseña no cambia.

email-change-subject = Confirme su nueva dirección para { $account }
email-change-body =
    Se ha indicado esta dirección como su nueva dirección para { $account } en { $product }. Abra este enlace para confirmarla. Funciona una sola vez, durante { $hours ->
        [168] 7 días
       *[other] { $hours } horas
    }:

    { $link }

    Si no esperaba este mensaje, no haga nada: nada cambia.

email-taken-subject = Su dirección para { $account } no ha cambiado
email-taken-body =
    Se ha indicado esta dirección como nueva dirección para { $account } en { $product }. Ya está en uso allí, así que nada ha cambiado.

    Si no ha sido usted, no tiene que hacer nada.

email-change-asked-subject = Se ha pedido otra dirección en { $account }
email-change-asked-body =
    Se ha indicado otra dirección de correo para su acceso a { $account } en { $product }. Nada cambia hasta que se confirme allí.

    Si no ha sido usted, conserve su dirección con este enlace, que funciona durante { $hours ->
        [168] 7 días
       *[other] { $hours } horas
    }. Después avise a los administradores de { $account } y cambie su contraseña:

    { $link }

email-change-told-subject = Se ha pedido otra dirección en { $account }
email-change-told-body =
    Se ha indicado otra dirección de correo para su acceso a { $account } en { $product }. Nada cambia hasta que se confirme allí.

    Si no debe ser así, diga con el enlace de abajo que no ha sido usted: se congela su inicio de sesión y los administradores de { $account } lo revisan.

correction-ended-subject = { $account }: otra dirección para { $name } no se ha confirmado
correction-ended-body =
    Los administradores de { $account } en { $product } pidieron otra dirección de correo para { $name }. Eso ha terminado antes de confirmarse, y el enlace que se envió ya no sirve.

    Si aún se quiere, pídalo de nuevo: mire antes si se ha congelado el inicio de sesión de { $name } y corrija entonces la dirección.

email-change-cancelled-subject = Su dirección para { $account } sigue como está
email-change-cancelled-body =
    La otra dirección de correo que se pidió en { $account } con { $product } no pasa a ser suya: el cambio se ha detenido.

    Si ha sido un error, pídalo de nuevo.

email-changed-subject = Su dirección para { $account } ha cambiado
email-changed-body =
    Desde ahora tiene otra dirección de correo para { $account } en { $product }. Durante 72 horas, una contraseña olvidada y los autenticadores nuevos se confirman aún en la dirección anterior; si la cambió alguien del equipo, en ninguna de las dos.

    Si no ha sido usted, avise ahora a los administradores de { $account }.

email-replaced-subject = Los administradores de { $account } han sustituido su dirección
email-replaced-body =
    Alguien de { $account } ha sustituido su dirección de correo en { $product }. Para que no quede nadie que haya entrado con la anterior, sus sesiones han terminado, ningún dispositivo es ya de confianza y los enlaces enviados allí ya no sirven: entre de nuevo. Durante 72 horas no se envía ninguna contraseña olvidada ni se confirma por correo ningún autenticador nuevo.

    Si no lo ha pedido usted, dígalo con el enlace de abajo o avise ahora a los administradores de { $account }.

email-given-back-subject = Su dirección para { $account } vuelve a ser la anterior
email-given-back-body =
    Se ha puesto una contraseña nueva para { $account } en { $product } con un enlace enviado a la dirección anterior al último cambio. Esa dirección vuelve a valer y aquella a la que se cambió ya no; todas las sesiones han terminado.

    Si no ha sido usted, dígalo con el enlace de abajo o avise ahora a los administradores de { $account }.

deactivated-subject = Su acceso a { $account } ha terminado
deactivated-body =
    Ya no puede entrar en { $account } con { $product }. Sus sesiones han terminado y ningún dispositivo es ya de confianza.

    Si no lo esperaba, pregunte a los administradores de { $account }.

reactivated-subject = Puede volver a entrar en { $account }
reactivated-body =
    { $account } le permite volver a entrar con { $product }. Abra primero este enlace y elija una contraseña. Funciona una sola vez, durante { $hours ->
        [168] 7 días
       *[other] { $hours } horas
    }:

    { $link }

    Si no esperaba este mensaje, avise a los administradores de { $account }.

role-changed-subject = Su función en { $account } ha cambiado
role-changed-body =
    Desde ahora su función en { $account }, en { $product }, es: { $role ->
        [owner] propietario
        [admin] administrador
        [agent] agente
        [auditor] auditor
       *[end_user] usuario
    }. Sus sesiones han terminado y ningún dispositivo es ya de confianza. Vuelva a entrar.

    Si no lo esperaba, pregunte a los administradores de { $account }.

provider-linked-subject = Otra forma de entrar en { $account }
provider-linked-body =
    Desde ahora puede entrar en { $account }, en { $product }, a través de { $provider }.

    Si no lo esperaba, avise ahora a los administradores de { $account }.

provider-unlinked-subject = Se ha quitado una forma de entrar en { $account }
provider-unlinked-body =
    Ya no puede entrar en { $account }, en { $product }, a través de { $provider }.

    Si no lo esperaba, pregunte a los administradores de { $account }.

# Cómo se llama en una frase un acto que requiere dos propietarios: «Se ha pedido …».
guarded-disable = desactivar la autenticación en dos pasos para todas las personas, lo que la restablece a todas
guarded-suspend = suspender la autenticación en dos pasos para todas las personas
guarded-reset-owner = restablecer la autenticación en dos pasos de un propietario
guarded-exempt-owner = dejar entrar por un tiempo a un propietario sin segundo factor
guarded-change-owner-identity = cambiar con qué inicia sesión un propietario
guarded-grant-owner-recovery = dejar entrar una vez con un código a un propietario bloqueado
guarded-erase = borrar a una persona para siempre
guarded-demote-owner = dar otro rol a un propietario
guarded-deactivate-owner = desactivar a un propietario
guarded-grant-owner = hacer propietaria a una persona
guarded-transfer-ownership = traspasar la propiedad a otra persona
guarded-grant-operator = permitir por un tiempo que el operador de la instalación actúe dentro de la cuenta
guarded-close-account = cerrar la cuenta para siempre
guarded-change-governance = quitar actos del control doble

approval-asked-subject = { $account }: algo espera su aprobación
approval-asked-body =
    Alguien con permisos en { $account } pide { $act }.
    Hace falta un segundo propietario. Véalo en { $product }, en «Pendiente de aprobación», y apruébelo o cancélelo.

    Sin aprobación no ocurre nada, y la petición termina el { $until }.

approval-waits-subject = { $account }: algo va a ocurrir si nadie lo cancela
approval-waits-body =
    El propietario de { $account } pide { $act }.
    No hay un segundo propietario que lo apruebe. Por eso se avisa a todo el equipo, y se podrá llevar a cabo a partir del { $from }.

    Si conoce un motivo en contra, avise ahora a los administradores de { $account }. Los propietarios y administradores lo cancelan en { $product }, en «Pendiente de aprobación».

approval-used-subject = { $account }: se ha llevado a cabo algo que esperaba
approval-used-body =
    En { $account } se pidió { $act }. Se aprobó, o terminó su espera, y se ha llevado a cabo en { $product }.

    El registro dice quién lo pidió, quién lo aprobó y cuándo. Si no debía ocurrir, actúe ahora.

approval-cancelled-subject = { $account }: su petición se ha cancelado
approval-cancelled-body =
    En { $account } usted pidió en { $product } { $act }. Un propietario o administrador lo ha cancelado; no ha ocurrido nada.

reset-scheduled-text = { $product }, { $account }: el personal ha pedido restablecer su segundo factor. Valdrá a partir del { $from }. Si aún lo tiene, inicie sesión con él: eso lo cancela.
reset-scheduled-subject = Su autenticación en dos pasos para { $account } se va a restablecer
reset-scheduled-body =
    El personal de { $account } ha pedido restablecer su autenticación en dos pasos en { $product }. Valdrá a partir del { $from }.

    Si aún tiene su autenticador o un código de recuperación, inicie sesión con él: eso cancela el restablecimiento. También puede cancelarlo en «Su seguridad».
    Si lo ha pedido usted, espere hasta entonces, inicie sesión con su contraseña y vuelva a configurarla.

reset-cancelled-subject = Su autenticación en dos pasos para { $account } no se restablecerá
reset-cancelled-body =
    El restablecimiento de su autenticación en dos pasos para { $account } en { $product } se ha cancelado, porque se usó el segundo factor, porque lo dijo usted o alguien del equipo, o porque cambió su contraseña o su dirección.

    Si no ha sido usted, cambie ahora su contraseña y avise a los administradores de { $account }.

exempted-subject = Por un tiempo puede entrar en { $account } sin código
exempted-body =
    Un administrador de { $account } le permite iniciar sesión en { $product } solo con su contraseña hasta el { $until }.
    Termina por sí solo. Hasta entonces no podrá configurar un autenticador en esas sesiones.

    Si no lo ha pedido usted, avise ahora a los administradores de { $account } y cambie su contraseña.

exemption-ended-subject = { $account } vuelve a pedirle un código
exemption-ended-body =
    Un administrador de { $account } ha terminado antes de tiempo su exención en { $product }. Las sesiones que dependían de ella han terminado.

ticket-issued-subject = Un vale de alta para { $account }
ticket-issued-body =
    Un administrador de { $account } ha emitido para usted un vale de alta en { $product }. Junto con su contraseña configura su primer autenticador, una sola vez, dentro de { $hours ->
        [168] 7 días
       *[other] { $hours } horas
    }.
    Se lo da el administrador, no llega por correo.

    Si no lo ha pedido usted, avise ahora a los administradores de { $account } y cambie su contraseña.

recovery-request-subject = Su código para volver a entrar en { $account }
recovery-request-body =
    Alguien que conoce su contraseña de { $account } dice en { $product } que ha perdido su segundo factor.
    Si es usted, escriba este código. Sirve una sola vez, durante { $minutes } minutos:

    { $code }

    Si no es usted, no dé este código a nadie y cambie ahora su contraseña.

recovery-waits-text = { $product }, { $account }: alguien con su contraseña y su correo ha pedido restablecer su segundo factor. Valdrá a partir del { $from }. Si no ha sido usted, inicie sesión con él: eso lo cancela.
recovery-waits-subject = Su autenticación en dos pasos para { $account } se va a restablecer
recovery-waits-body =
    Con su contraseña y un código enviado por correo, alguien ha pedido restablecer su autenticación en dos pasos para { $account } en { $product }. Valdrá a partir del { $from }.

    Si no ha sido usted, inicie sesión con su autenticador o un código de recuperación: eso cancela el restablecimiento. Después cambie su contraseña. Los administradores de { $account } también pueden cancelarlo.
    Si ha sido usted, espere hasta entonces, inicie sesión con su contraseña y vuelva a configurarla.

owner-recovery-waits-subject = { $account }: el segundo factor de un propietario se restablecerá si nadie se opone
owner-recovery-waits-body =
    Un propietario de { $account } dice que ha perdido su segundo factor. Por eso se avisa a todo el equipo, y a partir del { $from } podrá configurar otro en { $product }.

    Si conoce un motivo en contra, avise ahora a los propietarios y administradores de { $account }. Lo cancelan en { $product }, en «Recuperación».

recovery-refused-subject = Se ha rechazado una vuelta a { $account }
recovery-refused-body =
    Alguien ha pedido entrar en { $account } en { $product } sin su segundo factor. Se ha rechazado, porque en los últimos tres días su contraseña se restableció por correo o su dirección cambió.

    Si ha sido usted, inténtelo más tarde, o use su autenticador o un código de recuperación. Si no ha sido usted, cambie ahora su contraseña.

recovery-link-subject = Su vuelta a { $account }
recovery-link-body =
    Un administrador de { $account } le deja entrar una vez en { $product } sin su segundo factor. Abra este enlace para ver su código. El enlace lo muestra una sola vez, y ambos valen hasta el { $until }:

    { $link }

    Escriba el código después de su contraseña. Con él, su autenticador anterior deja de valer. { $required ->
        [yes] Luego configure otro: { $account } lo exige.
       *[no] { $account } no exige ninguno: configure otro allí, o inicie sesión de nuevo solo con su contraseña.
    }
    Si no lo ha pedido, avise ahora a los administradores de { $account }.

recovery-granted-subject = Un administrador puede dejarle entrar en { $account }
recovery-granted-body =
    Un administrador de { $account } ha recibido un código que le deja entrar una vez en { $product } sin su segundo factor, hasta el { $until }. Se lo dirá en persona.

    Si no lo ha pedido, avise ahora a los demás administradores de { $account }.

recovery-grant-revoked-subject = Su código para volver a { $account } ya no vale
recovery-grant-revoked-body =
    El código que le habría dejado entrar en { $account } en { $product } sin su segundo factor ha terminado sin usarse: se usó o cambió su segundo factor o su contraseña, o alguien del equipo lo terminó.

wished-locked-out-subject = { $account }: hay una persona bloqueada
wished-locked-out-body =
    { $name } ha alcanzado el límite de intentos fallidos en { $account } con { $product } ({ $at }). No se admite ningún intento más hasta que alguien del equipo que pueda hacerlo desbloquee su acceso.

    Recibe este mensaje porque { $account } desea avisos de este tipo. Su configuración dice cuáles.

wished-team-changed-subject = { $account }: el equipo ha cambiado
wished-team-changed-body =
    { $name } se ha incorporado al equipo de { $account } en { $product }, ha salido de él o tiene otro rol ({ $at }). El registro de auditoría dice qué ha pasado.

    Recibe este mensaje porque { $account } desea avisos de este tipo. Su configuración dice cuáles.

wished-policy-changed-subject = { $account }: la política de seguridad ha cambiado
wished-policy-changed-body =
    La política de seguridad de { $account } en { $product } ha cambiado ({ $at }). El registro de auditoría dice quién la cambió y qué regía antes.

    Recibe este mensaje porque { $account } desea avisos de este tipo. Su configuración dice cuáles.

wished-password-access-subject = { $account }: un programa ha usado una contraseña
wished-password-access-body =
    Un programa ha usado la dirección de correo y la contraseña de { $name } para llamar a la API de { $account } en { $product } ({ $at }). El informe de integraciones enumera todos esos programas.

    Recibe este mensaje porque { $account } desea avisos de este tipo. Su configuración dice cuáles.

report-ready-subject = Un informe de { $account } está listo
report-ready-body =
    El informe { $report } de { $account } que usted pidió en { $product } está listo. Puede descargarlo hasta { $until }:

    { $page }

    El enlace solo se abre para usted, con su sesión iniciada. Queda registrado que lo ha descargado.

report-not-written-subject = No se pudo preparar un informe de { $account }
report-not-written-body =
    No se pudo preparar el informe { $report } de { $account } que usted pidió en { $product }. El motivo está en la página de sus archivos:

    { $page }

not-me =
    ¿No ha sido usted? Abra este enlace y congele su acceso. Todas las sesiones terminan, ningún dispositivo queda como de confianza y nadie entra hasta que usted vuelva:

    { $link }

frozen-subject = Su acceso a { $account } está congelado
frozen-body =
    Su acceso a { $account } en { $product } está congelado, porque usted o alguien del equipo dijo que algo no lo hizo usted. Todas las sesiones han terminado, ningún dispositivo es ya de confianza, y ninguna contraseña, código o token suyo abre nada.

    Este es su camino de vuelta. El enlace funciona una vez, durante { $hours ->
        [168] 7 días
       *[other] { $hours } horas
    }; allí elige una contraseña nueva y muestra su segundo factor o un código de recuperación. La página dice qué hacer si no tiene ninguno:

    { $link }

    Solo ha terminado lo que es suyo. Si ayuda a administrar { $account }: los programas y sus tokens, el permiso del operador, los códigos, los roles y las políticas que se dieron en su nombre siguen hasta que un propietario o administrador los termine, en la consola: Programas, Operador, Recuperación, Personas y Política.

    No hay prisa. En la página de inicio de sesión puede pedir otro enlace.

frozen-told-subject = Su acceso a { $account } está congelado
frozen-told-body =
    Su acceso a { $account } en { $product } está congelado, porque alguien dijo que algo no lo hizo esa persona. Ninguna contraseña, código o token lo abre.

    La dirección de este acceso se cambió. El camino de vuelta se envió a otra dirección distinta de esta. Si el acceso es suyo y esto no es correcto, dígaselo a los administradores de { $account }.

way-back-subject = Su camino de vuelta a { $account }
way-back-body =
    Su acceso a { $account } en { $product } está congelado. Con este enlace vuelve. Funciona una vez, durante { $hours ->
        [168] 7 días
       *[other] { $hours } horas
    }; la página dice qué hace falta además del enlace:

    { $link }

    Si no lo ha pedido, no haga nada: su acceso sigue congelado.

thaw-waits-subject = Su acceso a { $account } podrá abrirse pronto sin su segundo factor
thaw-waits-body =
    Su acceso a { $account } en { $product } está congelado. Se ha pedido abrirlo sin su segundo factor: a partir de { $from } bastan un enlace a su dirección de correo y una contraseña nueva.

    Si ha sido usted, espere hasta entonces y pida un enlace en la página de inicio de sesión.

owner-thaw-waits-subject = { $account }: un propietario volverá pronto sin su segundo factor
owner-thaw-waits-body =
    El acceso de un propietario de { $account } en { $product } está congelado, y no tiene segundo factor que mostrar. A partir de { $from } bastan un enlace a su dirección de correo y una contraseña nueva.

    Si conoce una razón en contra, dígalo ya a los administradores de { $account }. Propietarios y administradores lo detienen en { $product }.

thaw-stopped-subject = Su acceso a { $account } sigue congelado
thaw-stopped-body =
    Se ha detenido el camino de vuelta a { $account } en { $product } sin su segundo factor. Su acceso sigue congelado.

    Si es usted quien lo pidió, pregunte a los administradores de { $account }.

thawed-subject = Su acceso a { $account } vuelve a funcionar
thawed-body =
    Su acceso a { $account } en { $product } ya no está congelado. Se ha puesto una contraseña nueva, salvo que usted entre solo por un proveedor de identidad. Su segundo factor sigue como antes, y se le pide al iniciar sesión.

operator-admin-link = creó un enlace de configuración para un miembro del equipo
operator-admin-unlock = levantó los bloqueos de una persona
operator-read-names = imprimió un informe con los nombres de las personas
operator-import-tokens = añadió tokens físicos a las existencias

operator-granted-subject = { $account }: el operador puede actuar dentro de su cuenta
operator-granted-body =
    Un propietario de { $account } permite que el operador de la instalación de { $product } actúe dentro de la cuenta hasta { $until }. La página «Operador» dice para qué y por qué.

    Si no debe ser así, termínelo allí ahora.

operator-acted-subject = { $account }: el operador actuó dentro de su cuenta
operator-acted-body =
    A las { $at }, el operador de la instalación de { $product } { $act } en { $account }. Consta en el registro de auditoría.

    Si ningún propietario se lo permitió, avísense ya entre ustedes.

operator-made-link-subject = Se creó un enlace que pone su contraseña en { $account }
operator-made-link-body =
    El operador de la instalación de { $product } creó un enlace que pone una contraseña nueva para su acceso a { $account }. Funciona durante 30 minutos. Su segundo factor sigue como está.

    Si no lo ha pedido, dígalo ya a los propietarios de { $account }.
