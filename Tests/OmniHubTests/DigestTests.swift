import COmniHub
import Foundation
import Testing

@testable import OmniHub

@Suite("Digests")
struct DigestTests {
    /// Vectors of NIST's examples and of RFC 6234.
    static let vectors: [(text: String, count: Int, sha256: String, sha1: String)] = [
        (
            "", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709"
        ),
        (
            "abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        ),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        ),
        (
            "a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
            "34aa973cd4c4daa4f61eeb2bdbad27316534016f"
        ),
        (
            "0123456701234567012345670123456701234567012345670123456701234567", 10,
            "594847328451bdfa85056225462cc1d867d877fb388df0ce35f25ab5562bfbb5",
            "dea356a2cddd90c7a7ecedc5ebb563934f460452"
        ),
    ]

    @Test("NIST's vectors, with the processor's instructions and without", arguments: vectors)
    func vector(text: String, count: Int, sha256: String, sha1: String) {
        let bytes = Array(String(repeating: text, count: count).utf8)
        #expect(hexadecimal(omni_digest_sha256, [bytes[...]]) == sha256)
        #expect(hexadecimal(omni_digest_sha256_portable, [bytes[...]]) == sha256)
        #expect(hexadecimal(omni_digest_sha1, [bytes[...]]) == sha1)
    }

    @Test(
        "any chopping gives the digest of the whole", arguments: [0, 1, 55, 56, 63, 64, 65, 119, 120, 127, 128, 1000])
    func chopping(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
        for kind in [omni_digest_sha1, omni_digest_sha256, omni_digest_sha256_portable] {
            let whole = hexadecimal(kind, [bytes[...]])
            for cut in stride(from: 0, through: count, by: max(1, count / 7)) {
                #expect(hexadecimal(kind, [bytes[..<cut], bytes[cut...]]) == whole)
            }
        }
        #expect(
            hexadecimal(omni_digest_sha256, [bytes[...]]) == hexadecimal(omni_digest_sha256_portable, [bytes[...]]))
    }

    @Test("Git's name of a blob")
    func gitBlob() {
        // printf 'hello\n' | git hash-object --stdin
        let bytes = Array("hello\n".utf8)
        var digest = ContentDigest(like: .gitBlob(String(repeating: "0", count: 40)), size: bytes.count)
        unsafe digest.add(bytes.span.bytes)
        #expect(digest.finish() == .gitBlob("ce013625030ba8dba906f756967f9e9ca394464a"))
    }

    private func hexadecimal(_ kind: omni_digest_kind, _ pieces: [ArraySlice<UInt8>]) -> String {
        var digest = omni_digest()
        unsafe omni_digest_begin(&digest, kind)
        for piece in pieces {
            unsafe piece.withUnsafeBytes { unsafe omni_digest_add(&digest, $0.baseAddress, $0.count) }
        }
        var result = [UInt8](repeating: 0, count: 32)
        unsafe omni_digest_end(&digest, &result)
        return result.prefix(kind == omni_digest_sha1 ? 20 : 32).map { String(format: "%02x", $0) }.joined()
    }
}
