import java.io.IOException;
import java.io.InputStream;
import java.net.Authenticator;
import java.net.HttpURLConnection;
import java.net.PasswordAuthentication;
import java.net.URL;
import java.nio.charset.StandardCharsets;

/** Asks one thing through the proxy: Ask URL [BODY], with the login in PROXY_USER
 * and PROXY_PASSWORD; the rest is the JVM's own properties. */
public class Ask {
    public static void main(String[] args) throws IOException {
        Authenticator.setDefault(new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                return new PasswordAuthentication(System.getenv("PROXY_USER"),
                    System.getenv("PROXY_PASSWORD").toCharArray());
            }
        });
        HttpURLConnection it =
            (HttpURLConnection) new URL(args[0]).openConnection();
        if (args.length > 1) {
            it.setDoOutput(true);
            it.getOutputStream().write(
                args[1].getBytes(StandardCharsets.UTF_8));
        }
        int status = it.getResponseCode();
        try (InputStream in =
                status < 400 ? it.getInputStream() : it.getErrorStream()) {
            System.out.write(in.readAllBytes());
        }
        System.out.printf("%n%d%n", status);
    }
}
