use super::*;
use crate::verify::hotp::Hotp;

/// RFC 6030 §4.3, figure 3, and a second key: seeds in clear.
const PLAIN: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<KeyContainer Version="1.0" Id="exampleID1" xmlns="urn:ietf:params:xml:ns:keyprov:pskc">
  <KeyPackage>
    <DeviceInfo><Manufacturer>Manufacturer</Manufacturer><SerialNo>987654321</SerialNo></DeviceInfo>
    <Key Id="12345678" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp">
      <Issuer>Issuer-A</Issuer>
      <AlgorithmParameters><ResponseFormat Length="8" Encoding="DECIMAL"/></AlgorithmParameters>
      <Data>
        <Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret>
        <Counter><PlainValue>7</PlainValue></Counter>
      </Data>
    </Key>
  </KeyPackage>
  <KeyPackage>
    <DeviceInfo><SerialNo>987654322</SerialNo></DeviceInfo>
    <Key Id="2" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:totp">
      <AlgorithmParameters>
        <Suite>HMAC-SHA256</Suite><ResponseFormat Length="6" Encoding="DECIMAL"/>
      </AlgorithmParameters>
      <Data>
        <Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret>
        <Time><PlainValue>0</PlainValue></Time>
        <TimeInterval><PlainValue>60</PlainValue></TimeInterval>
      </Data>
    </Key>
  </KeyPackage>
</KeyContainer>"#;

/// RFC 6030 §6.1, figure 6: AES-128-CBC under the pre-shared key 12345678901234567890123456789012.
const PRE_SHARED: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"
    xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:xenc="http://www.w3.org/2001/04/xmlenc#">
  <EncryptionKey><ds:KeyName>Pre-shared-key</ds:KeyName></EncryptionKey>
  <MACMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1">
    <MACKey>
      <xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>
      <xenc:CipherData>
        <xenc:CipherValue>ESIzRFVmd4iZABEiM0RVZgKn6WjLaTC1sbeBMSvIhRejN9vJa2BOlSaMrR7I5wSX</xenc:CipherValue>
      </xenc:CipherData>
    </MACKey>
  </MACMethod>
  <KeyPackage>
    <DeviceInfo><Manufacturer>Manufacturer</Manufacturer><SerialNo>987654321</SerialNo></DeviceInfo>
    <CryptoModuleInfo><Id>CM_ID_001</Id></CryptoModuleInfo>
    <Key Id="12345678" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp">
      <Issuer>Issuer</Issuer>
      <AlgorithmParameters><ResponseFormat Length="8" Encoding="DECIMAL"/></AlgorithmParameters>
      <Data>
        <Secret>
          <EncryptedValue>
            <xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>
            <xenc:CipherData>
              <xenc:CipherValue>AAECAwQFBgcICQoLDA0OD+cIHItlB3Wra1DUpxVvOx2lef1VmNPCMl8jwZqIUqGv</xenc:CipherValue>
            </xenc:CipherData>
          </EncryptedValue>
          <ValueMAC>Su+NvtQfmvfJzF6bmQiJqoLRExc=</ValueMAC>
        </Secret>
        <Counter><PlainValue>0</PlainValue></Counter>
      </Data>
    </Key>
  </KeyPackage>
</KeyContainer>"#;

/// RFC 6030 §6.2, figure 7: under a key that PBKDF2 derives from the password `qwerty`.
const BY_PASSWORD: &str = r##"<?xml version="1.0" encoding="UTF-8"?>
<pskc:KeyContainer xmlns:pskc="urn:ietf:params:xml:ns:keyprov:pskc"
    xmlns:xenc11="http://www.w3.org/2009/xmlenc11#"
    xmlns:pkcs5="http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#"
    xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Version="1.0">
  <pskc:EncryptionKey>
    <xenc11:DerivedKey>
      <xenc11:KeyDerivationMethod
          Algorithm="http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#pbkdf2">
        <pkcs5:PBKDF2-params>
          <Salt><Specified>Ej7/PEpyEpw=</Specified></Salt>
          <IterationCount>1000</IterationCount><KeyLength>16</KeyLength><PRF/>
        </pkcs5:PBKDF2-params>
      </xenc11:KeyDerivationMethod>
      <xenc:ReferenceList><xenc:DataReference URI="#ED"/></xenc:ReferenceList>
      <xenc11:MasterKeyName>My Password 1</xenc11:MasterKeyName>
    </xenc11:DerivedKey>
  </pskc:EncryptionKey>
  <pskc:MACMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1">
    <pskc:MACKey>
      <xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>
      <xenc:CipherData>
        <xenc:CipherValue>2GTTnLwM3I4e5IO5FkufoOEiOhNj91fhKRQBtBJYluUDsPOLTfUvoU2dStyOwYZx</xenc:CipherValue>
      </xenc:CipherData>
    </pskc:MACKey>
  </pskc:MACMethod>
  <pskc:KeyPackage>
    <pskc:DeviceInfo>
      <pskc:Manufacturer>TokenVendorAcme</pskc:Manufacturer><pskc:SerialNo>987654321</pskc:SerialNo>
    </pskc:DeviceInfo>
    <pskc:Key Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp" Id="123456">
      <pskc:Issuer>Example-Issuer</pskc:Issuer>
      <pskc:AlgorithmParameters><pskc:ResponseFormat Length="8" Encoding="DECIMAL"/></pskc:AlgorithmParameters>
      <pskc:Data>
        <pskc:Secret>
          <pskc:EncryptedValue Id="ED">
            <xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>
            <xenc:CipherData>
              <xenc:CipherValue>oTvo+S22nsmS2Z/RtcoF8Hfh+jzMe0RkiafpoDpnoZTjPYZu6V+A4aEn032yCr4f</xenc:CipherValue>
            </xenc:CipherData>
          </pskc:EncryptedValue>
          <pskc:ValueMAC>LP6xMvjtypbfT9PdkJhBZ+D6O4w=</pskc:ValueMAC>
        </pskc:Secret>
      </pskc:Data>
    </pskc:Key>
  </pskc:KeyPackage>
</pskc:KeyContainer>"##;

/// 4 June 2026.
const NOW: Timestamp = Timestamp::from_micros(1_780_581_600_000_000);
const SEED: &[u8] = b"12345678901234567890";

fn pskc(file: &str, key: Option<&ContainerKey>) -> Result<Vec<FoundToken>, Vec<String>> {
    read_tokens(file, TokenFile::Pskc, key, NOW).map_err(|flaws| flaws.lines().collect())
}

fn csv(file: &str) -> Result<Vec<FoundToken>, Vec<String>> {
    read_tokens(file, TokenFile::Csv, None, NOW).map_err(|flaws| flaws.lines().collect())
}

fn password(text: &str) -> ContainerKey {
    ContainerKey::Password(Zeroizing::new(text.to_owned()))
}

/// Rules: E4.
#[test]
fn a_container_in_clear_is_read_token_by_token() {
    let found = pskc(PLAIN, None).unwrap();
    let [button, clock] = &found[..] else { panic!("two tokens") };
    assert_eq!((button.serial.as_str(), button.token.digits), ("987654321", 8));
    assert_eq!(button.token.moves, Moves::Counter { from: 7 });
    assert_eq!(button.token.seed.bytes(), SEED);
    assert_eq!((clock.serial.as_str(), clock.token.algorithm), ("987654322", OtpAlgorithm::Sha256));
    assert_eq!(clock.token.moves, Moves::Clock { period: 60 });
}

/// Rules: E4.
#[test]
fn the_encrypted_containers_of_the_rfc_open_with_their_keys_and_with_no_other() {
    let pre_shared = ContainerKey::from_hex("12345678901234567890123456789012").unwrap();
    for (file, key) in [(PRE_SHARED, &pre_shared), (BY_PASSWORD, &password("qwerty"))] {
        let found = pskc(file, Some(key)).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].token.seed.bytes(), SEED);
        // RFC 4226 appendix D, with eight digits.
        let token = Hotp::new(&found[0].token.seed, found[0].token.algorithm, 8).unwrap();
        assert_eq!(token.code_of(0).as_str(), "84755224");
    }
    let other = ContainerKey::from_hex("02345678901234567890123456789012").unwrap();
    for (file, key) in [
        (PRE_SHARED, None),
        (PRE_SHARED, Some(&other)),
        (PRE_SHARED, Some(&password("qwerty"))),
        (BY_PASSWORD, Some(&password("qwertz"))),
        (BY_PASSWORD, Some(&pre_shared)),
    ] {
        assert!(pskc(file, key).is_err());
    }
    let changed = PRE_SHARED.replace("AAECAwQF", "AAECAwQG");
    let flaws = pskc(&changed, Some(&pre_shared)).map(|_| ()).unwrap_err();
    assert!(flaws[0].contains("whose MAC is not right"), "{flaws:?}");
}

/// Rules: E4.
#[test]
fn what_a_container_holds_that_is_no_factor_here_is_refused_with_its_line() {
    for (from, to, why) in [
        ("pskc:totp", "pskc:ocra", "line 16, Algorithm: is not supported here"),
        ("HMAC-SHA256", "HMAC-MD5", "line 16, Suite: is not supported here"),
        ("Length=\"6\" Encoding=\"DECIMAL\"", "Length=\"6\" Encoding=\"HEXADECIMAL\"", "ResponseFormat"),
        ("Length=\"6\"", "Length=\"7\"", "line 16, digits: are 6 or 8"),
        ("<PlainValue>60<", "<PlainValue>45<", "line 16, period: a time step has 30 or 60 seconds"),
        ("MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=", "MTIz", "an OTP seed has 10 to 128 bytes"),
        ("987654322", "987654321", "serial: stands there twice"),
    ] {
        let flaws = pskc(&PLAIN.replace(from, to), None).map(|_| ()).unwrap_err();
        assert!(flaws.iter().any(|flaw| flaw.contains(why)), "{why}: {flaws:?}");
    }
}

/// Rules: E4.
#[test]
fn what_a_container_says_of_a_keys_use_is_kept_to_or_refused_with_its_name() {
    let device = |part: &str| {
        PLAIN.replace("<SerialNo>987654322</SerialNo>", &format!("<SerialNo>987654322</SerialNo>{part}"))
    };
    let policy = |parts: &str| {
        let (before, last) = PLAIN.rsplit_once("</Key>").unwrap();
        format!("{before}<Policy>{parts}</Policy></Key>{last}")
    };
    for (file, refused) in [
        (
            device(
                "<StartDate>2006-05-01T00:00:00Z</StartDate><ExpiryDate>2036-05-31T00:00:00Z</ExpiryDate>",
            ),
            None,
        ),
        (device("<StartDate>2036-05-01T00:00:00Z</StartDate>"), Some("StartDate: is yet to come")),
        (device("<ExpiryDate>2020-05-31T00:00:00Z</ExpiryDate>"), Some("ExpiryDate: is over")),
        (device("<ExpiryDate>2020-05-31T00:00:00</ExpiryDate>"), Some("ExpiryDate: is over")),
        (device("<ExpiryDate>some day</ExpiryDate>"), Some("ExpiryDate: is no date and time")),
        (policy(""), None),
        (policy("<StartDate>2006-05-01T00:00:00Z</StartDate><KeyUsage>OTP</KeyUsage>"), None),
        (policy("<KeyUsage>Integrity</KeyUsage><KeyUsage>OTP</KeyUsage>"), None),
        (policy("<KeyUsage>Integrity</KeyUsage>"), Some("KeyUsage: does not allow OTP")),
        (policy("<StartDate>2036-05-01T00:00:00Z</StartDate>"), Some("StartDate: is yet to come")),
        (policy("<ExpiryDate>2036-05-31T00:00:00Z</ExpiryDate>"), Some("ExpiryDate: is not supported here")),
        (policy("<PINPolicy MinLength=\"4\"/>"), Some("PINPolicy: is not supported here")),
        (policy("<NumberOfTransactions>9</NumberOfTransactions>"), Some("NumberOfTransactions: is not")),
        (policy("<Colour>red</Colour>"), Some("Policy: says something that is not known here")),
    ] {
        let came = pskc(&file, None).map(|found| found.len());
        match refused {
            None => assert_eq!(came, Ok(2), "{file}"),
            Some(why) => {
                let flaws = came.unwrap_err();
                assert!(
                    flaws.len() == 1 && flaws[0].starts_with("line 16, ") && flaws[0].contains(why),
                    "{why}: {flaws:?}"
                );
            }
        }
    }
}

#[test]
fn a_container_reads_nothing_from_outside_and_costs_little() {
    let entity = "<!DOCTYPE k [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><KeyContainer>&e;</KeyContainer>";
    assert!(pskc(entity, None).is_err());
    assert!(pskc("no xml", None).is_err());
    for open in ["<a>", "<a b='/>'>", "<a><!--</a>-->", "<a><![CDATA[</a>]]>", "<a><?p </a>?>"] {
        let deep = format!("<KeyContainer>{}", open.repeat(MAX_TOKEN_BYTES / open.len() - 100));
        assert!(pskc(&deep, None).is_err(), "{open}, nested as deep as fits");
    }
    let costly = BY_PASSWORD.replace("<IterationCount>1000<", "<IterationCount>4000000000<");
    assert!(pskc(&costly, Some(&password("qwerty"))).is_err());
    assert!(pskc(&" ".repeat(MAX_TOKEN_BYTES + 1), None).is_err());
}

/// Rules: E4.
#[test]
fn tables_are_read_as_makers_write_them() {
    let hex = "3132333435363738393031323334353637383930";
    let base32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    for (table, moves, digits) in [
        (format!("serial,seed\nA1,{hex}\n"), Moves::Clock { period: 30 }, 6),
        (format!("A1, {hex}\n"), Moves::Clock { period: 30 }, 6),
        (format!("A1,{hex},TOTP,8,60\n"), Moves::Clock { period: 60 }, 8),
        (format!("# a comment\nA1,{hex},HOTP,6,12\n"), Moves::Counter { from: 12 }, 6),
        // What the import of a well-known directory service takes.
        (
            format!(
                "upn,serial number,secret key,time interval,manufacturer,model\n,A1,{base32},60,Maker,Model\n"
            ),
            Moves::Clock { period: 60 },
            6,
        ),
        (format!("\u{feff}Serial,Secret,Encoding\r\nA1,{base32},base32\r\n"), Moves::Clock { period: 30 }, 6),
    ] {
        let found = csv(&table).unwrap();
        assert_eq!(found.len(), 1, "{table}");
        assert_eq!(found[0].serial, "A1");
        assert_eq!(found[0].token.seed.bytes(), SEED, "{table}");
        assert_eq!((found[0].token.moves, found[0].token.digits), (moves, digits), "{table}");
    }
}

/// Rules: E4.
#[test]
fn what_a_table_holds_that_is_no_factor_here_is_refused_with_its_line() {
    let hex = "3132333435363738393031323334353637383930";
    for (table, why) in [
        (format!("A1,{hex}\nA2,{hex},OCRA\n"), "line 2, type: is not supported here"),
        (format!("serial,seed,algorithm\nA1,{hex},MD5\n"), "line 2, algorithm: is not supported here"),
        (
            format!("serial,seed,colour\nA1,{hex},red\n"),
            "line 1: has a column `colour` that is not known here; known are",
        ),
        (
            format!("number,value\nA1,{hex}\n"),
            "line 1: holds no token; if it names columns, known are serial, seed",
        ),
        (
            format!("number,value,kind\nA1,{hex},totp\n"),
            "line 1: holds no token; if it names columns, known are serial",
        ),
        (
            format!("number;value\nA1;{hex}\n"),
            "line 1: holds no token; if it names columns, known are serial, seed",
        ),
        (format!("serial\nA1,{hex}\n"), "line 1, seed: is missing"),
        (format!("A1,{hex},TOTP,7\n"), "line 1, digits: are 6 or 8"),
        (format!("A1,{hex},TOTP,6,45\n"), "line 1, period: a time step has 30 or 60 seconds"),
        (format!("A1,{hex},HOTP,6,{}\n", u64::MAX), "line 1, counter: a counter is at most 2^48"),
        (format!("A1,{hex}\nA1,{hex}\n"), "line 2, serial: stands there twice"),
        ("A1,x1z\n".to_owned(), "line 1, seed: is not hexadecimal"),
        ("A1,ABCDEF2345ABCDEF\n".to_owned(), "line 1, seed: could be hexadecimal or base 32"),
        ("A1,3132\n".to_owned(), "line 1, seed: an OTP seed has 10 to 128 bytes"),
        (String::new(), "line 1: holds no token"),
    ] {
        let flaws = csv(&table).map(|_| ()).unwrap_err();
        assert!(flaws.iter().any(|flaw| flaw.contains(why)), "{table}: {flaws:?}");
    }
}

/// Another reader of containers sees the same seeds.
#[test]
fn pskctool_reads_the_same() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let tool = Command::new("pskctool").arg("--info").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut tool = tool.expect("pskctool is not installed: apt-get install pskctool, or run .ci/test");
    tool.stdin.take().unwrap().write_all(PLAIN.as_bytes()).unwrap();
    let out = tool.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&out.stdout);
    for part in ["987654321", "987654322", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA="] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

proptest::proptest! {
    #[test]
    fn no_file_makes_the_readers_panic(file in "\\PC{0,200}") {
        let _ = csv(&file);
        let _ = pskc(&file, None);
    }
}

#[test]
fn the_form_of_a_file_is_seen_from_the_file() {
    for (file, form) in [
        (PLAIN, TokenFile::Pskc),
        ("\u{feff}\n  <KeyContainer/>", TokenFile::Pskc),
        ("serial,seed\n", TokenFile::Csv),
        ("# tokens <of 2026>\nA1,3132\n", TokenFile::Csv),
        ("", TokenFile::Csv),
    ] {
        assert_eq!(form_of(file), form, "{file}");
    }
}
