# Spanish.

refusal.advice: Qué puede hacer:
refusal.password: Cambiar la contraseña
refusal.continue: Si aun así hay que enviarla: diga por qué y envíela una vez
refusal.submitted: Contraseña de
refusal.account: Su cuenta
refusal.rule: Regla
refusal.detail: Motivo
refusal.incident: Incidente
refusal.chain: Lo que mostró el sitio
refusal.time: Hora
refusal.from: Esta página viene del proxy web de su organización, no del sitio.

continue.title: ¿Enviar una contraseña del trabajo a este sitio?
continue.intro: El sitio conocerá entonces la contraseña y podrá usarla en otra parte. Siga solo si conoce este sitio y de verdad necesita esta contraseña. Si no está seguro, pregunte antes a su servicio de asistencia.
continue.why: ¿Por qué hay que enviarla? Su respuesta quedará registrada.
continue.missing: Diga por qué: sin un motivo no se puede enviar nada.
continue.then: Después volverá al sitio. Escriba allí de nuevo la contraseña; pasará esta única vez.
continue.send: Dejar pasar una vez
continue.back: No enviarla, volver al sitio
continue.stale: Este paso no está abierto. Ya se usó, estuvo abierto demasiado tiempo o es de otra persona. Vuelva al sitio y envíe el formulario de nuevo: se le ofrecerá otro.
continue.submitted: Contraseña de
continue.account: Su cuenta
continue.incident: Incidente
continue.from: Esta página viene del proxy web de su organización, no del sitio.

setup.title: Configurar este equipo
setup.intro: Sus programas acceden a la web a través de este proxy. Hacen falta dos pasos, una vez por equipo.
setup.test: ¿Funciona ya?
setup.test-proxy: Este navegador pasa por el proxy
setup.test-ca: Este navegador confía en el certificado del proxy
setup.not-yet: Aún no
setup.proxy: Usar el proxy
setup.proxy-pac: Indique a su sistema o navegador esta dirección de configuración automática:
setup.proxy-firefox: Ajustes, Configuración de red, «URL de configuración automática del proxy».
setup.proxy-chromium: Usan la configuración de proxy del sistema. Para una sola ventana en Linux:
setup.command-line: Línea de comandos
setup.command-line-password: La mayoría de los programas piden la contraseña o la toman de su propia configuración. Una contraseña en una variable de entorno la pueden leer sus demás programas.
setup.ca: Confiar en su certificado
setup.ca-why: Para protegerle, el proxy lee las páginas cifradas y las muestra con un certificado propio. Sus programas deben conocerlo:
setup.ca-der: Certificado para Windows, macOS y navegadores (DER)
setup.ca-pem: Certificado para todo lo demás (PEM)
setup.ca-compare: Compare esta huella (SHA-256) con la que le dé su servicio de soporte:
setup.ca-subject: Emitido para
setup.ca-until: Válido hasta
setup.next: Un certificado nuevo sustituirá a este. Instale ahora los dos para que ese día nada deje de funcionar. Este es el nuevo; compare también su huella digital:
setup.old: Ha sustituido a uno anterior, que puede eliminar cuando sus programas funcionen con el nuevo:
setup.ca-firefox: Ajustes, Privacidad y seguridad, «Ver certificados», Autoridades, Importar; marque «Confiar en esta CA para identificar sitios web».
setup.ca-chromium: En Windows y macOS usan el almacén de certificados del sistema.

self-test.yes: Sí

# decided by policy
denied.title: Este destino no está permitido
denied.words: Las reglas de su organización no permiten que esta cuenta acceda a esta dirección.
denied.advice: Si la necesita para su trabajo, dé a su servicio de soporte el número de incidente que figura abajo.
denied-internal.title: Esta es una dirección interna
denied-internal.words: A los sistemas internos solo llegan las cuentas que nombra una regla, y ninguna nombra la suya para este.
denied-internal.advice: Si lo necesita para su trabajo, dé a su servicio de soporte el número de incidente que figura abajo.
foreign-protocol.title: Este tipo de conexión no está permitido
foreign-protocol.words: El programa ha enviado algo que no es HTTPS ni HTTP.
foreign-protocol.advice: Pida a su servicio de soporte una excepción para este programa y este destino.
misdirected.title: Esta petición llegó por la conexión equivocada
misdirected.words: El programa ha pedido a un sitio una página de otro.
misdirected.advice: Recargue la página. Si se repite, cierre el programa y vuelva a abrirlo.
loop.title: La petición ha dado vueltas en círculo
loop.words: A este proxy se le ha pedido que se preguntara a sí mismo.
loop.advice: Avise a su servicio de soporte: una configuración de proxy apunta a sí misma.

# who is asking
login-required.title: Inicie sesión
login-required.words: Este proxy necesita su nombre de cuenta y su contraseña.
login-required.advice: Recargue la página e inicie sesión con su cuenta habitual.
login-wrong.title: No se ha aceptado el inicio de sesión
login-wrong.words: El nombre de cuenta o la contraseña no es correcto.
login-wrong.advice: Inténtelo de nuevo. Tras varios intentos fallidos tendrá que esperar un poco.
login-slowed.title: Demasiados inicios de sesión fallidos
login-slowed.words: Tras varias contraseñas erróneas, esta cuenta tiene que esperar.
login-slowed.advice: Espere un minuto e inicie sesión de nuevo. La causa puede ser un programa que guarda una contraseña antigua.
login-expired.title: Su contraseña o su cuenta ha caducado
login-expired.words: El directorio de cuentas ya no acepta esta contraseña.
login-expired.advice: Ponga una contraseña nueva como se hace en su organización o pregunte a su servicio de soporte. Después, inicie sesión de nuevo.
login-must-change.title: Cambie primero su contraseña
login-must-change.words: Hay que cambiar su contraseña antes de poder usarla aquí.
login-must-change.advice: Cámbiela como se hace en su organización e inicie sesión de nuevo.
login-locked.title: Esta cuenta está bloqueada
login-locked.words: Tras demasiadas contraseñas erróneas, el directorio de cuentas la ha bloqueado.
login-locked.advice: Espere o pida a su servicio de soporte que la desbloquee. La causa puede ser un programa que guarda una contraseña antigua.
login-disabled.title: Esta cuenta está desactivada
login-disabled.words: El directorio de cuentas no permite que esta cuenta inicie sesión.
login-disabled.advice: Pregunte a su servicio de soporte.
login-hours.title: No a esta hora o no desde aquí
login-hours.words: El directorio de cuentas limita cuándo y desde dónde puede iniciar sesión esta cuenta.
login-hours.advice: Inicie sesión a otra hora o pregunte a su servicio de soporte.
login-ticket.title: No se ha aceptado su tique
login-ticket.words: El inicio de sesión que su equipo ha enviado por sí mismo no vale aquí.
login-ticket.advice: Compruebe que el reloj del equipo va bien, vuelva a iniciar sesión en él o escriba su nombre de cuenta y su contraseña.
login-realm.title: Su equipo pertenece a otro dominio
login-realm.words: Este proxy no admite a nadie con un tique de ese dominio.
login-realm.advice: Escriba su nombre de cuenta y su contraseña. Si debería tener acceso, avise a su servicio de soporte.
login-ntlm.title: Su equipo no tiene ningún tique para este proxy
login-ntlm.words: Lo ha intentado con NTLM, un método antiguo que aquí no se acepta.
login-ntlm.advice: Escriba su nombre de cuenta y su contraseña y avise a su servicio de soporte: puede que el nombre del proxy o su clave de Kerberos estén mal configurados.
login-no-directory.title: Ahora no se pueden comprobar los inicios de sesión
login-no-directory.words: El servicio que conoce las cuentas no responde.
login-no-directory.advice: Inténtelo de nuevo dentro de unos minutos.

# what the client sent
bad-request.title: No se ha entendido la petición
bad-request.words: Lo que ha enviado el programa no es HTTP válido.
bad-request.advice: Recargue la página. Si se repite, el fallo está en el programa que la ha enviado.
ambiguous-request.title: La petición se puede leer de dos maneras
ambiguous-request.words: Estas peticiones se rechazan porque dos programas podrían entenderlas de forma distinta.
ambiguous-request.advice: El fallo está en el programa que la ha enviado; avise a su fabricante o a su servicio de soporte.
bad-version.title: Esta versión de HTTP no se acepta aquí
bad-version.words: El proxy habla HTTP/1.0 y HTTP/1.1.
bad-version.advice: Use otro programa o una versión más reciente.
uri-too-long.title: La dirección es demasiado larga
uri-too-long.words: La dirección de esta petición es más larga de lo que permite el proxy.
uri-too-long.advice: Acorte la dirección o pida a su servicio de soporte que amplíe el límite.
head-too-large.title: Las cabeceras de la petición son demasiado grandes
head-too-large.words: A menudo un sitio ha guardado demasiadas cookies en el navegador.
head-too-large.advice: Borre las cookies de este sitio y recargue la página.
body-too-large.title: Este envío es demasiado grande
body-too-large.words: Supera el tamaño que permite el proxy.
body-too-large.advice: Envíe un archivo más pequeño o pida a su servicio de soporte que amplíe el límite.
unknown-coding.title: La petición está codificada de una forma desconocida
unknown-coding.words: El proxy no conoce la codificación de transferencia de esta petición.
unknown-coding.advice: El fallo está en el programa que la ha enviado.
request-timeout.title: La petición ha tardado demasiado en llegar
request-timeout.words: La conexión estaba abierta, pero la petición no llegó.
request-timeout.advice: Recargue la página.

# limits of this proxy
overloaded.title: El proxy está ocupado
overloaded.words: Ya atiende tantas conexiones como puede.
overloaded.advice: Inténtelo de nuevo en un momento.
too-many-connections.title: Demasiadas conexiones
too-many-connections.words: Su cuenta o su equipo tiene demasiadas conexiones abiertas.
too-many-connections.advice: Cierre algunas ventanas o descargas e inténtelo de nuevo.
no-signer.title: Este sitio no se puede abrir ahora
no-signer.words: La parte del proxy que emite certificados para los sitios no responde.
no-signer.advice: Inténtelo de nuevo en un momento.

# the way to the origin
no-such-name.title: No se ha encontrado este sitio
no-such-name.words: No existe ningún sitio con ese nombre.
no-such-name.advice: Compruebe que la dirección esté bien escrita.
no-address.title: Este sitio no tiene dirección
no-address.words: El nombre existe, pero ningún equipo responde por él.
no-address.advice: Compruebe que la dirección esté bien escrita.
resolve-failed.title: No se ha podido consultar el nombre
resolve-failed.words: El servicio de nombres no ha dado una respuesta válida.
resolve-failed.advice: Inténtelo de nuevo dentro de unos minutos. Si fallan también otros sitios, avise a su servicio de soporte.
resolve-timeout.title: No se ha podido consultar el nombre a tiempo
resolve-timeout.words: El servicio de nombres no ha respondido.
resolve-timeout.advice: Inténtelo de nuevo dentro de unos minutos. Si fallan también otros sitios, avise a su servicio de soporte.
connect-failed.title: No se puede llegar al sitio
connect-failed.words: El equipo del sitio no ha aceptado la conexión.
connect-failed.advice: Inténtelo más tarde; puede que el sitio esté caído.
connect-timeout.title: El sitio no responde
connect-timeout.words: No se ha podido establecer la conexión a tiempo.
connect-timeout.advice: Inténtelo más tarde; puede que el sitio esté caído.
origin-certificate.title: No se ha confirmado la identidad de este sitio
origin-certificate.words: Puede que alguien se esté haciendo pasar por este sitio, así que el proxy no se ha conectado.
origin-certificate.advice: No le envíe nada. Si conoce bien el sitio, avise a su responsable o a su servicio de soporte.
origin-tls.title: No hay conexión segura con este sitio
origin-tls.words: El sitio y el proxy no han podido acordar un cifrado.
origin-tls.advice: Puede que el sitio esté mal configurado o sea muy antiguo. Avise a su responsable o a su servicio de soporte.
origin-protocol.title: Este sitio habla otro protocolo
origin-protocol.words: Ha rechazado HTTP/1.1, que es el que el proxy habla con los sitios.
origin-protocol.advice: Pida a su servicio de soporte que deje pasar este sitio sin descifrarlo.
origin-wants-certificate.title: Este sitio le pide un certificado
origin-wants-certificate.words: Solo deja entrar a equipos que muestran un certificado propio, y el proxy no tiene ninguno para él.
origin-wants-certificate.advice: Pregunte a su servicio de soporte cómo llegar a este sitio e indique el incidente.
origin-closed.title: El sitio ha terminado la conexión
origin-closed.words: Ha cerrado la conexión sin una respuesta completa.
origin-closed.advice: Recargue la página.
origin-bad-response.title: No se ha entendido la respuesta del sitio
origin-bad-response.words: Lo que ha enviado no es HTTP válido.
origin-bad-response.advice: Inténtelo más tarde; el fallo está en el sitio.
origin-timeout.title: El sitio ha tardado demasiado
origin-timeout.words: Ha aceptado la petición, pero no ha respondido a tiempo.
origin-timeout.advice: Inténtelo más tarde.

# what was submitted
credential.title: Su contraseña del trabajo se queda aquí
credential.words: Esta página iba a enviar su contraseña del trabajo a un sitio que no es de su organización. Se ha detenido antes de que nada saliera de esta red.
credential.advice: Si una página se la ha pedido, cambie ahora la contraseña y avise a su servicio de soporte. Use otra contraseña en cada uno de los demás sitios.
credential-unread.title: Esto no se ha podido comprobar
credential-unread.words: Lo que se iba a enviar a este sitio no se puede leer, y allí solo puede ir lo que no contenga contraseñas del trabajo.
credential-unread.advice: Envíelo de otra manera o pregunte a su servicio de soporte.
credential-unanswered.title: Esto no se puede comprobar ahora
credential-unanswered.words: Lo que se iba a enviar puede contener una contraseña del trabajo, y el servicio que lo sabe no responde.
credential-unanswered.advice: Inténtelo de nuevo dentro de unos minutos.
credential-notice.title: Su contraseña del trabajo se ha retenido
credential-notice.words: Hace un momento, este sitio intentó recibir su contraseña del trabajo. Se detuvo antes de que nada saliera.
credential-notice.advice: Recargue la página para ir al sitio. Si escribió la contraseña porque el sitio se la pidió, cámbiela ahora y avise a su servicio de soporte.

# details; those without a line here are told in English
detail.the-certificate-has-expired: el certificado ha caducado
detail.the-certificate-is-not-valid-yet: el certificado aún no es válido
detail.the-certificate-is-self-signed: el sitio se ha emitido el certificado a sí mismo
detail.the-certificate-comes-from-an-authority-that-is-not-trust: el certificado procede de una autoridad en la que aquí no se confía
detail.the-certificate-s-issuer-is-not-known-an-unknown-authorit: el emisor del certificado es desconocido, o el sitio no envía sus certificados intermedios
detail.the-certificate-has-been-revoked: el certificado ha sido revocado
detail.the-certificate-is-not-meant-for-web-servers: el certificado no está destinado a sitios web
detail.the-certificate-is-for-another-name: el certificado es para otro nombre
detail.the-certificate-is-for-another-address: el certificado es para otra dirección
detail.the-certificate-s-key-is-too-weak: la clave del certificado es demasiado débil
detail.the-key-of-an-authority-in-the-chain-is-too-weak: la clave de una autoridad de la cadena es demasiado débil
detail.a-signature-in-the-chain-uses-a-broken-algorithm: una firma de la cadena usa un algoritmo roto
detail.a-certificate-in-the-chain-is-not-allowed-to-issue-others: un certificado de la cadena no puede emitir otros
detail.the-authority-may-not-issue-certificates-for-this-name: la autoridad no puede emitir certificados para este nombre
detail.the-chain-of-certificates-is-too-long: la cadena de certificados es demasiado larga
detail.the-certificate-s-signature-is-wrong: la firma del certificado es incorrecta
detail.the-site-gave-no-proof-that-its-certificate-is-still-good: el sitio no ha demostrado que su certificado sigue siendo válido
detail.the-site-s-proof-that-its-certificate-is-still-good-is-no: la prueba del sitio de que su certificado sigue siendo válido no vale
detail.the-site-asks-for-a-client-certificate: el sitio pide un certificado del visitante
detail.no-common-parameters-handshake-failure-: ningún método en común
detail.no-common-application-protocol: ningún protocolo en común
detail.tls-version-not-supported: la versión de TLS no sirve: la del sitio es probablemente demasiado antigua
detail.a-message-of-the-handshake-is-too-large: un mensaje del establecimiento de la conexión es demasiado grande
detail.what-came-is-not-tls: el sitio no responde con cifrado
detail.the-key-exchange-is-too-weak: el intercambio de claves es demasiado débil
detail.a-signature-of-the-handshake-uses-a-broken-algorithm: una firma del establecimiento de la conexión usa un algoritmo roto
detail.no-protection-of-renegotiation-rfc-5746-: el sitio no está protegido contra un ataque antiguo (RFC 5746)
detail.name-not-known-to-the-server: el sitio no conoce este nombre
detail.security-too-weak: seguridad demasiado débil
detail.internal-error: error interno del sitio
detail.the-peer-closed-the-connection: el otro lado ha cerrado la conexión
detail.connection-refused: conexión rechazada
detail.connection-reset-by-peer: conexión interrumpida por el sitio
detail.connection-timed-out: se agotó el tiempo de conexión
detail.no-route-to-host: no hay ruta hasta el sitio
detail.network-is-unreachable: red inaccesible
