import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import org.apache.xml.security.Init;
import org.apache.xml.security.signature.XMLSignature;
import org.apache.xml.security.transforms.Transforms;
import org.apache.xml.security.utils.Constants;
import org.apache.xml.security.utils.XMLUtils;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * Apache Santuario at work on one message: it signs or verifies as often as a line of the input says ("sign 400"), from bytes
 * to bytes, and answers each with a line. Arguments: the unsigned message, the signed one, key (PKCS#8) and certificate, DER.
 */
public final class SantuarioRates {
    private static final String SHA1 = "http://www.w3.org/2000/09/xmldsig#sha1";

    public static void main(String[] paths) throws Exception {
        Init.init();
        byte[] unsigned = Files.readAllBytes(Path.of(paths[0]));
        byte[] signed = Files.readAllBytes(Path.of(paths[1]));
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(Files.readAllBytes(Path.of(paths[2])));
        PrivateKey key = KeyFactory.getInstance("RSA").generatePrivate(spec);
        byte[] der = Files.readAllBytes(Path.of(paths[3]));
        X509Certificate certificate =
            (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            String[] order = line.split(" ");
            for (int count = Integer.parseInt(order[1]); count > 0; count--) {
                if (order[0].equals("sign")) {
                    sign(unsigned, key, certificate);
                } else if (!verify(signed, certificate)) {
                    throw new IllegalStateException("the message does not verify");
                }
            }
            System.out.println("done");
        }
    }

    private static byte[] sign(byte[] content, PrivateKey key, X509Certificate certificate) throws Exception {
        Document message = XMLUtils.read(new ByteArrayInputStream(content), true);
        XMLSignature signature = new XMLSignature(message, "", XMLSignature.ALGO_ID_SIGNATURE_RSA_SHA1);
        message.getDocumentElement().appendChild(signature.getElement());
        Transforms transforms = new Transforms(message);
        transforms.addTransform(Transforms.TRANSFORM_ENVELOPED_SIGNATURE);
        signature.addDocument("", transforms, SHA1);
        signature.addKeyInfo(certificate);
        signature.sign(key);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        XMLUtils.outputDOM(message, written);
        return written.toByteArray();
    }

    private static boolean verify(byte[] content, X509Certificate certificate) throws Exception {
        Document message = XMLUtils.read(new ByteArrayInputStream(content), true);
        Element element = (Element) message.getElementsByTagNameNS(Constants.SignatureSpecNS, "Signature").item(0);
        return new XMLSignature(element, "", false).checkSignatureValue(certificate);
    }
}
