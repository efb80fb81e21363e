import java.io.FileInputStream;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import org.apache.xml.security.Init;
import org.apache.xml.security.exceptions.XMLSecurityException;
import org.apache.xml.security.signature.XMLSignature;
import org.apache.xml.security.utils.Constants;
import org.apache.xml.security.utils.XMLUtils;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** What Apache Santuario says of the signed messages named as arguments: a line each, in their order. */
public final class Santuario {
    public static void main(String[] paths) throws Exception {
        Init.init();
        for (String path : paths) {
            System.out.println(verdict(path));
        }
    }

    /** "accepted" or "refused", and the SHA-256 of the certificate inside; or "unreadable" and why. */
    private static String verdict(String path) throws Exception {
        try (InputStream content = new FileInputStream(path)) {
            Document message = XMLUtils.read(content, true);
            Element element = (Element) message.getElementsByTagNameNS(Constants.SignatureSpecNS, "Signature").item(0);
            XMLSignature signature = new XMLSignature(element, "", true);
            X509Certificate certificate = signature.getKeyInfo().getX509Certificate();
            byte[] print = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            boolean holds = signature.checkSignatureValue(certificate);
            return (holds ? "accepted " : "refused ") + HexFormat.of().formatHex(print);
        } catch (XMLSecurityException problem) {
            return "unreadable " + problem.getMessage();
        }
    }
}
