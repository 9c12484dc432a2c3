/// A file of a repository, as the hub lists it.
public struct HubFile: Sendable, Hashable {
    /// The path in the repository, with `/` between its parts.
    public let path: String
    /// The length in bytes.
    public let size: Int
    /// What the content must give.
    public let digest: HubDigest

    /// The largest length that a file may have, 1 PiB: more is no file, and the sum of a list's sizes must be an `Int`.
    static let largestByteCount = 1 << 50

    /// Names a file.
    ///
    /// - Throws: ``HubError/unsafePath(_:)`` for a path that could leave the folder of a snapshot,
    ///   ``HubError/impossibleSize(file:)`` for a negative size or more than 1 PiB.
    public init(path: String, size: Int, digest: HubDigest) throws(HubError) {
        guard Self.isSafe(path) else { throw .unsafePath(path) }
        guard (0...Self.largestByteCount).contains(size) else { throw .impossibleSize(file: path) }
        self.path = path
        self.size = size
        self.digest = digest
    }

    /// Relative, without `.` and `..`, empty parts, control characters and backslashes, and short enough for file
    /// systems. Bytes are compared, as file systems do: `/` and a combining mark are one `Character`.
    static func isSafe(_ path: String) -> Bool {
        guard path.utf8.count <= 1024, path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") })
        else { return false }
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            !part.isEmpty && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8) && part.count <= 255
        }
    }
}

/// The hash by which a hub names the content of a file.
public enum HubDigest: Sendable, Hashable, CustomStringConvertible {
    /// Of the content: files that Git LFS keeps. 64 hexadecimal digits.
    case sha256(String)
    /// Of the content as Git's blob: all other files. 40 hexadecimal digits.
    case gitBlob(String)

    /// The digest of a file that has this name in a cache's `blobs`; `nil` for other names.
    public init?(blobName: String) {
        guard blobName.utf8.allSatisfy(Self.isHexadecimal) else { return nil }
        switch blobName.utf8.count {
        case 64: self = .sha256(blobName)
        case 40: self = .gitBlob(blobName)
        default: return nil
        }
    }

    /// The digits, which are also the file's name in a cache's `blobs`.
    package var blobName: String {
        switch self {
        case .sha256(let digits), .gitBlob(let digits): digits
        }
    }

    public var description: String {
        switch self {
        case .sha256(let digits): "SHA-256 \(digits)"
        case .gitBlob(let digits): "Git blob \(digits)"
        }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
