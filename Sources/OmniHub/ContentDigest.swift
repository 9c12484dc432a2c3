internal import COmniHub

/// Computes a ``HubDigest`` of content that comes in pieces.
struct ContentDigest: Sendable {
    private var digest = omni_digest()
    private let isGitBlob: Bool

    /// Starts a digest of the kind of `expected`, for content of `size` bytes.
    init(like expected: HubDigest, size: Int) {
        switch expected {
        case .sha256:
            isGitBlob = false
            unsafe omni_digest_begin(&digest, omni_digest_sha256)
        case .gitBlob:
            isGitBlob = true
            unsafe omni_digest_begin(&digest, omni_digest_sha1)
            let header = Array("blob \(size)\0".utf8)
            unsafe add(header.span.bytes)
        }
    }

    /// Adds the next bytes.
    mutating func add(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe omni_digest_add(&digest, $0.baseAddress, $0.count) }
    }

    /// The digest of what was added.
    consuming func finish() -> HubDigest {
        var result = [UInt8](repeating: 0, count: 32)
        unsafe omni_digest_end(&digest, &result)
        let digits = result.prefix(isGitBlob ? 20 : 32).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
        return isGitBlob ? .gitBlob(digits) : .sha256(digits)
    }
}
