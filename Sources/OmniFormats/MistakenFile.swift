/// Files that are often found where a model file should be: what a clone or a download left in its place, and files of
/// other programs. Every reader asks here, so that all of them say the same.
package enum MistakenFile {
    /// Bytes from the start of a file that are enough to tell.
    package static let startByteCount = 512

    /// What a file is, and what to do about it; `nil` for one that may be what the reader expects.
    ///
    /// - Parameter start: the first bytes of the file, ``startByteCount`` of them or all.
    package static func explanation(of start: some Sequence<UInt8>) -> String? {
        let start = Array(start.prefix(startByteCount))
        if start.isEmpty { return "the file is empty; download it again" }
        if start.starts(with: "version https://git-lfs.github.com/spec/".utf8) {
            return "this is a Git LFS pointer, not the file that it stands for; run git lfs pull in its folder, or get "
                + "the model with omni pull"
        }
        if start.starts(with: "/annex/objects/".utf8) || start.starts(with: "../.git/annex/objects/".utf8) {
            return "this is a git-annex pointer, not the file that it stands for; run git annex get in its folder"
        }
        if let kind = markup(start) {
            return "this is \(kind), not a model's file: a server sent it instead; download the file again, or get the "
                + "model with omni pull"
        }
        // Of a file whose room was reserved before its bytes came.
        if start.count == startByteCount, start.allSatisfy({ $0 == 0 }) {
            return "the file starts with \(startByteCount) zeros, as one does that was not downloaded whole; download "
                + "it again"
        }
        if let name = signatures.first(where: { start.dropFirst($0.offset).starts(with: $0.bytes) }) {
            return name.explanation
        }
        return nil
    }

    /// What kind of markup a text is.
    private static func markup(_ start: [UInt8]) -> String? {
        let content = ByteOrderMark.dropped(from: start).drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let lowercase = content.prefix(16).map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
        if lowercase.starts(with: "<!doctype html".utf8) || lowercase.starts(with: "<html".utf8) { return "a web page" }
        return lowercase.starts(with: "<?xml".utf8) ? "an XML document" : nil
    }

    private struct Signature {
        let bytes: [UInt8]
        var offset = 0
        let explanation: String

        static func compressed(_ bytes: [UInt8], _ name: String) -> Signature {
            Signature(bytes: bytes, explanation: "the file is compressed (\(name)); decompress it first")
        }

        static func foreign(_ bytes: [UInt8], offset: Int = 0, _ name: String) -> Signature {
            Signature(bytes: bytes, offset: offset, explanation: "this is \(name), which is not read here")
        }
    }

    private static let signatures: [Signature] = [
        .compressed([0x1F, 0x8B, 0x08], "gzip"), .compressed([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz"),
        .compressed([0x28, 0xB5, 0x2F, 0xFD], "zstd"), .compressed(Array("BZh".utf8), "bzip2"),
        .compressed([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "7z"),
        .foreign(Array("GGUF".utf8), "a GGUF file of llama.cpp"), .foreign(Array("lmgg".utf8), "a GGML file"),
        .foreign([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], "an HDF5 file of Keras or TensorFlow"),
        .foreign([0x93] + Array("NUMPY".utf8), "a NumPy array"),
        .foreign(Array("TFL3".utf8), offset: 4, "a TensorFlow Lite model"),
        .foreign(Array("%PDF-".utf8), "a PDF document"),
    ]
}
