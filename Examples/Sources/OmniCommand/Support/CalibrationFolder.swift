import CommandSupport
import Foundation
import OmniPipeline

/// A folder of recorded questions and texts that a model is calibrated with.
enum CalibrationFolder {
    /// Bytes of a text, and of all.
    private static let (largestText, largestSum) = (4 << 20, 64 << 20)

    /// The recordings of `folder`, as ``QualitySample`` finds them, and its `.txt` files, in the order of their names.
    static func samples(in folder: URL) throws -> [CalibrationSample] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let texts = names.filter { $0.hasSuffix(".txt") }
        let hasRecordings = names.contains { $0.hasSuffix(".wav") || $0 == "index.json" }
        guard hasRecordings || !texts.isEmpty else {
            throw InputError(
                code: .malformed, path: folder.path, reason: "there are neither WAV files nor .txt files in the folder")
        }
        let recordings = hasRecordings ? try QualitySample.all(in: folder).map { $0.recording } : []
        var sum = 0
        return try recordings.map(CalibrationSample.recording)
            + texts.map { name in
                let (text, byteCount) = try text(folder.appending(path: name).path)
                sum += byteCount
                guard sum <= largestSum else {
                    throw InputError(
                        code: .malformed, path: folder.path,
                        reason: "more than \(largestSum >> 20) MiB of texts are too many")
                }
                return .text(text)
            }
    }

    private static func text(_ path: String) throws(InputError) -> (String, byteCount: Int) {
        let bytes = try InputFile.bytes(path, atMost: largestText)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw InputError(code: .malformed, path: path, reason: "the text is not UTF-8")
        }
        guard !text.allSatisfy(\.isWhitespace) else {
            throw InputError(code: .malformed, path: path, reason: "the text is empty")
        }
        return (text, bytes.count)
    }
}
