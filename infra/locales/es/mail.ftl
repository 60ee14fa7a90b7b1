# Mensajes a una persona. Cada uno nombra el producto y la cuenta que escriben.

signature =
    {"-- "}
    { $product } para { $account }

invitation-subject = Su invitación a { $account }
invitation-body =
    { $account } le invita a iniciar sesión con { $product }.

    Abra este enlace y elija una contraseña. Sirve una sola vez, durante { $hours } horas:

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

policy-scheduled-subject = { $account }: hay una política de seguridad programada
policy-scheduled-body =
    Se ha programado en { $product } un cambio de la política de seguridad de { $account }.

    Entra en vigor el { $date } (UTC), sin ningún otro paso. Hasta entonces, propietarios y administradores pueden ver a quién afecta y retirarlo en la página de la política.

policy-schedule-cancelled-subject = { $account }: se ha retirado una política de seguridad programada
policy-schedule-cancelled-body =
    Se ha retirado el cambio de la política de seguridad de { $account } que estaba programado en { $product }. No cambia nada.
