"""forms: login requests as applications are known to send them, beside those
of the shared corpus. Written for this test, from the formats alone.

A form is (name, target, fields, body). {u.CODING} is the account's name,
{p.CODING} the password; see Coded."""
import base64
import json
import struct
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape, quoteattr

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
XML = "text/xml; charset=utf-8"


class Coded:
    def __init__(self, text):
        self.raw = text
        self.form = quote_plus(text)
        self.pct = quote(text, safe="")
        self.json = json.dumps(text)[1:-1]
        self.utf8json = json.dumps(text, ensure_ascii=False)[1:-1]
        self.json2 = json.dumps(json.dumps(text)[1:-1])[1:-1]
        self.xml = escape(text)
        self.attr = quoteattr(text)[1:-1] if '"' not in text \
            else escape(text, {'"': "&quot;"})
        self.b64 = base64.b64encode(text.encode()).decode()
        self.b64form = quote_plus(self.b64)
        self.b64utf16 = base64.b64encode(text.encode("utf-16-le")).decode()
        self.gwt = text.replace("\\", "\\\\").replace("|", "\\!")
        self.hex = text.encode().hex()


def _basic(u, p):
    return base64.b64encode(("%s:%s" % (u.raw, p.raw)).encode()).decode()


def _sasl_plain(u, p):
    return base64.b64encode(
        ("\0%s\0%s" % (u.raw, p.raw)).encode()).decode()


def _length(text, form=">H"):
    data = text.encode()
    return struct.pack(form, len(data)) + data


def _multipart(*fields):
    return "".join(
        '--XyZ\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % f
        for f in fields) + "--XyZ--\r\n"


def _thrift(u, p):
    """A struct of two strings in the binary protocol of Thrift."""
    head = b"\x80\x01\x00\x01" + _length("login", ">I") + b"\0\0\0\1"
    return head + b"\x0b\0\1" + _length(u.raw, ">I") \
        + b"\x0b\0\2" + _length(p.raw, ">I") + b"\0"


def _bson(u, p):
    def string(name, text):
        data = text.encode() + b"\0"
        return b"\x02" + name + b"\0" + struct.pack("<I", len(data)) + data
    inside = string(b"username", u.raw) + string(b"password", p.raw) + b"\0"
    return struct.pack("<I", len(inside) + 4) + inside


def _mobile_protobuf(u, p):
    """Device, then a message with name and password, as a phone's app."""
    def field(number, data):
        return bytes([number << 3 | 2, len(data)]) + data
    login = field(1, u.raw.encode()) + field(2, p.raw.encode())
    return field(1, b"Pixel 8") + b"\x10\x22" + field(3, login)


FORMS = (
    ("sap-fiori", "/sap/bc/ui2/flp?sap-client=100", FORM,
     "sap-system-login-oninputprocessing=onLogin&sap-urlscheme=&sap-client=100"
     "&sap-user={u.form}&sap-password={p.form}&sap-language=EN"),
    ("sap-bobj-rest", "/biprws/logon/long", "application/xml",
     '<attrs xmlns="http://www.sap.com/rws/bip"><attr name="userName" '
     'type="string">{u.xml}</attr><attr name="password" type="string">'
     '{p.xml}</attr><attr name="auth" type="string">secEnterprise</attr>'
     "</attrs>"),
    ("successfactors", "/login", JSON,
     '{{"companyId":"acme","username":"{u.json}","password":"{p.json}",'
     '"_s.crb":"tRk%2fQ"}}'),
    ("owa-2013", "/owa/auth.owa", FORM,
     "destination=https%3A%2F%2Fmail.example%2Fowa%2F&flags=4&forcedownlevel=0"
     "&username=CORP%5C{u.form}&password={p.form}&passwordText=&isUtf8=1"),
    ("adfs-forms", "/adfs/ls/?client-request-id=1&wa=wsignin1.0", FORM,
     "UserName={u.form}%40corp.example&Password={p.form}"
     "&AuthMethod=FormsAuthentication"),
    ("adfs-usernamemixed-13", "/adfs/services/trust/13/usernamemixed",
     "application/soap+xml; charset=utf-8",
     '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:o='
     '"urn:wsse"><s:Header><o:Security s:mustUnderstand="1"><o:UsernameToken>'
     "<o:Username>{u.xml}</o:Username><o:Password>{p.xml}</o:Password>"
     "</o:UsernameToken></o:Security></s:Header><s:Body/></s:Envelope>"),
    ("okta-authn", "/api/v1/authn", JSON,
     '{{"username":"{u.json}@corp.example","options":{{"warnBeforePasswordExpi'
     'red":true}},"password":"{p.json}"}}'),
    ("keycloak", "/realms/acme/login-actions/authenticate?session_code=x&tab_id"
     "=y", FORM, "username={u.form}&password={p.form}&credentialId="),
    ("keycloak-token", "/realms/acme/protocol/openid-connect/token", FORM,
     "grant_type=password&client_id=admin-cli&username={u.form}"
     "&password={p.form}"),
    ("jsf-mojarra", "/app/login.xhtml;jsessionid=0123456789ABCDEF", FORM,
     "loginForm=loginForm&loginForm%3Aj_idt12={u.form}&loginForm%3Aj_idt14="
     "{p.form}&loginForm%3Aj_idt16=Log+in&javax.faces.ViewState=-58917%3A2236"),
    ("aspnet-viewstate", "/Login.aspx", FORM,
     "__VIEWSTATE=%2FwEPDwUKMTY3NzE5MjIyMGRkQ2x8%2Bq%3D&__VIEWSTATEGENERATOR="
     "C2EE9ABB&__EVENTVALIDATION=%2FwEdAAQ&ctl00%24Main%24txt1={u.form}"
     "&ctl00%24Main%24txt2={p.form}&ctl00%24Main%24btn=Go"),
    ("gwt-rpc", "/module/LoginService", "text/x-gwt-rpc; charset=utf-8",
     "7|0|7|https://app.example/module/|0123456789ABCDEF0123456789ABCDEF|"
     "com.example.LoginService|login|java.lang.String/2004016611|{u.gwt}|"
     "{p.gwt}|1|2|3|4|2|5|5|6|7|"),
    ("salesforce-aura", "/s/sfsites/aura?r=1&other.Login.login=1", FORM,
     "message=%7B%22actions%22%3A%5B%7B%22descriptor%22%3A%22apex%3A%2F%2FLogin"
     "%22%2C%22params%22%3A%7B%22username%22%3A%22{u.pct}%22%2C%22password%22"
     "%3A%22{p_jsonpct}%22%7D%7D%5D%7D&aura.token=null"),
    ("citrix-netscaler", "/cgi/login", FORM,
     "login={u.form}&dummy_username=&dummy_pass1=&passwd={p.form}"),
    ("citrix-nfactor", "/nf/auth/doAuthentication.do", FORM,
     "login={u.form}&passwd={p.form}&savecredentials=false&nsg-x1-logon-button="
     "Log+On&StateContext=bG9naW5zY2hlbWE9ZGVm"),
    ("citrix-storefront", "/Citrix/StoreWeb/ExplicitAuth/LoginAttempt", FORM,
     "username=CORP%5C{u.form}&password={p.form}&saveCredentials=false"
     "&loginBtn=Log+On&StateContext="),
    ("citrix-pna", "/Citrix/PNAgent/enum.aspx", XML,
     "<NFuseProtocol version=\"5.1\"><RequestAppData><Credentials><UserName>"
     "{u.xml}</UserName><Password encoding=\"cleartext\">{p.xml}</Password>"
     "<Domain type=\"NT\">CORP</Domain></Credentials></RequestAppData>"
     "</NFuseProtocol>"),
    ("anyconnect", "/", XML,
     '<?xml version="1.0" encoding="UTF-8"?>\n<config-auth client="vpn" type='
     '"auth-reply"><device-id>linux-64</device-id><auth><username>{u.xml}'
     "</username><password>{p.xml}</password></auth><group-select>Staff"
     "</group-select></config-auth>"),
    ("globalprotect", "/ssl-vpn/login.esp", FORM,
     "jnlpReady=jnlpReady&ok=Login&direct=yes&clientVer=4100&prot=https%3A"
     "&server=vpn.example&user={u.form}&passwd={p.form}&computer=host1"),
    ("f5-apm", "/my.policy", FORM, "username={u.form}&password={p.form}&vhost="
     "standard"),
    ("sonicwall", "/auth.html", FORM,
     "userName={u.form}&pwd={p.form}&uName={u.form}&digest=&param1=&id=1"),
    ("openvpn-as", "/RPC2", XML,
     "<?xml version='1.0'?>\n<methodCall><methodName>GetSession</methodName>"
     "<params><param><value><string>{u.xml}</string></value></param><param>"
     "<value><string>{p.xml}</string></value></param></params></methodCall>"),
    ("juniper-dana", "/dana-na/auth/url_default/login.cgi", FORM,
     "tz_offset=60&username={u.form}&password={p.form}&realm=Users&btnSubmit="
     "Sign+In"),
    ("rdweb", "/RDWeb/Pages/en-US/login.aspx", FORM,
     "WorkSpaceID=x&RDPCertificates=&PublicModeTimeout=20&DomainUserName=CORP"
     "%5C{u.form}&UserPass={p.form}&MachineType=private"),
    ("vmware-view", "/broker/xml", XML,
     "<?xml version='1.0' encoding='UTF-8'?><broker version='15.0'><do-submit-a"
     "uthentication><screen><name>windows-password</name><params><param><name>"
     "username</name><values><value>{u.xml}</value></values></param><param>"
     "<name>password</name><values><value>{p.xml}</value></values></param>"
     "</params></screen></do-submit-authentication></broker>"),
    ("jenkins-remember", "/j_spring_security_check", FORM,
     "j_username={u.form}&j_password={p.form}&from=%2F&Submit=&remember_me=on"),
    ("gitlab-ldap", "/users/auth/ldapmain/callback", FORM,
     "authenticity_token=3f%2Bq%3D%3D&username={u.form}&password={p.form}"
     "&remember_me=0"),
    ("phpmyadmin", "/index.php?route=/", FORM,
     "set_session=0a1b2c&pma_username={u.form}&pma_password={p.form}&server=1"
     "&lang=en&token=4b5c"),
    ("nextcloud", "/index.php/login", FORM,
     "user={u.form}&password={p.form}&timezone=Europe%2FBerlin&requesttoken="
     "a%2Fb%3A"),
    ("mattermost", "/api/v4/users/login", JSON,
     '{{"device_id":"","login_id":"{u.utf8json}","password":"{p.utf8json}",'
     '"token":""}}'),
    ("matrix", "/_matrix/client/v3/login", JSON,
     '{{"type":"m.login.password","identifier":{{"type":"m.id.user","user":'
     '"{u.json}"}},"password":"{p.json}","device_id":"ABCD"}}'),
    ("vault-ldap", "/v1/auth/ldap/login/{u.pct}", JSON,
     '{{"password":"{p.json}"}}'),
    ("kibana", "/internal/security/login", JSON,
     '{{"providerType":"basic","providerName":"basic","currentURL":"https://k.'
     'example/login?next=%2F","params":{{"username":"{u.json}","password":'
     '"{p.json}"}}}}'),
    ("proxmox", "/api2/extjs/access/ticket", FORM,
     "username={u.form}&password={p.form}&realm=pam&new-format=1"),
    ("qnap", "/cgi-bin/authLogin.cgi", FORM,
     "user={u.form}&serviceKey=1&pwd={p.b64form}&client_app=Web"),
    ("guacamole", "/guacamole/api/tokens", FORM,
     "username={u.form}&password={p.form}"),
    ("servicenow", "/login.do", FORM,
     "sysparm_ck=ab12&user_name={u.form}&user_password={p.form}&not_important="
     "&ni.nolog.user_password=true&sys_action=sysverb_login"),
    ("workday", "/wday/authgwy/acme/login-auth.xml", FORM,
     "userName={u.form}&password={p.form}&pageInstanceId="),
    ("slack", "/api/auth.signin", "multipart/form-data; boundary=XyZ",
     lambda u, p: _multipart(("user", "U0123"), ("email", u.raw),
                             ("password", p.raw), ("team", "T0123"))),
    ("firebase", "/v1/accounts:signInWithPassword?key=AIza0", JSON,
     '{{"returnSecureToken":true,"email":"{u.json}@corp.example","password":'
     '"{p.json}","clientType":"CLIENT_TYPE_WEB"}}'),
    ("graphql-literal", "/graphql", JSON,
     '{{"query":"mutation {{ signIn(input: {{ login: \\"{u.json2}\\", password:'
     ' \\"{p.json2}\\" }}) {{ token }} }}"}}'),
    ("xmpp-sasl", "/http-bind", XML,
     lambda u, p: "<body rid='1' sid='x'><auth xmlns='urn:ietf:params:xml:ns:"
     "xmpp-sasl' mechanism='PLAIN'>%s</auth></body>" % _sasl_plain(u, p)),
    ("smtp-api", "/api/send", JSON,
     lambda u, p: '{"server":"smtp.example","commands":["AUTH PLAIN %s"]}'
     % _sasl_plain(u, p)),
    ("activesync", "/Microsoft-Server-ActiveSync?Cmd=FolderSync",
     "Authorization", lambda u, p: "Basic " + _basic(u, p)),
    ("token-header", "/api/v2/session", "X-Auth-Basic",
     lambda u, p: _basic(u, p)),
    ("powershell-payload", "/run", FORM, "cmd={p.b64utf16}&v=1"),
    ("hex-payload", "/gate", FORM, "l={u.hex}&d={p.hex}"),
    ("callback-get", "/collect?u={u.pct}&v={p.pct}&_=1764161234", "", ""),
    ("fragment-in-form", "/track", FORM,
     "url=https%3A%2F%2Fapp.example%2F%23user%3D{u_pct2}%26pw%3D{p_pct2}&t=1"),
    ("fragment-in-json", "/track", JSON,
     '{{"href":"https://app.example/cb#access={u.pct}&secret={p.pct}"}}'),
    ("path-segments", "/auth/{u.pct}/{p.pct}", "", ""),
    ("path-base64", "/x/{p_b64url}/pixel.gif", "", ""),
    ("matrix-parameters", "/login;user={u.pct};secret={p.pct}/start", "", ""),
    ("form-key", "/probe", FORM, "{p.form}=1&user={u.form}"),
    ("entities-in-form", "/state", FORM,
     "user={u.form}&state={p_entform}&go=1"),
    ("thrift", "/service", "application/x-thrift", _thrift),
    ("bson", "/sync", "application/bson", _bson),
    ("mobile-protobuf", "/v1/login", "application/x-protobuf",
     _mobile_protobuf),
)


def render(form, user, password):
    """(target, fields, body)"""
    _, target, kind, body = form
    u, p = Coded(user), Coded(password)
    words = {
        "u": u, "p": p,
        "u_pct2": quote(u.pct, safe=""), "p_pct2": quote(p.pct, safe=""),
        "p_jsonpct": quote(p.json, safe=""),
        "p_entform": quote_plus(escape(
            json.dumps({"rawValue": p.raw, "validationState": ""}),
            {'"': "&quot;"})),
        "p_b64url": base64.urlsafe_b64encode(
            password.encode()).decode().rstrip("="),
    }
    body = body(u, p) if callable(body) else body.format(**words)
    if kind in ("Authorization", "X-Auth-Basic"):
        return target.format(**words), [kind, body], ""
    return target.format(**words), ["Content-Type", kind] if kind else [], body
