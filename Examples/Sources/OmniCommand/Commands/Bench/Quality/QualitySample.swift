import CommandSupport
import Foundation
import OmniPipeline

/// A recorded question, what it asks and what is right.
struct QualitySample {
    let recording: AudioChunk
    let question: String
    /// `nil` where nothing says.
    let answer: String?

    private struct Entry: Decodable {
        let wav: String
        let question: String
        let answer: String?
    }

    /// The questions of a folder, in the order of their names.
    static func all(in folder: URL) throws -> [QualitySample] {
        let index = folder.appending(path: "index.json")
        let entries: [Entry]
        if FileManager.default.fileExists(atPath: index.path) {
            entries = try InputFile.json(
                index.path, as: [Entry].self, expecting: #"[{"wav", "question", "answer"}, …]"#)
        } else {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            entries = names.filter { $0.hasSuffix(".wav") }.map { name in
                Entry(wav: name, question: String(name.dropLast(4)).replacing("-", with: " "), answer: nil)
            }
        }
        guard !entries.isEmpty else {
            throw InputError(code: .malformed, path: folder.path, reason: "there are no WAV files in the folder")
        }
        return try entries.map { entry in
            QualitySample(
                recording: try AudioInput.read(folder.appending(path: entry.wav).path), question: entry.question,
                answer: entry.answer)
        }
    }
}

/// Words that were not as they should be.
struct WordErrors {
    private(set) var errorCount = 0
    private(set) var wordCount = 0

    /// Errors for each word that should have been there.
    var rate: Double { wordCount == 0 ? 0 : Double(errorCount) / Double(wordCount) }

    /// Counts the fewest words to insert, drop or replace.
    mutating func add(expected: String, found: String) {
        let (expected, found) = (Self.words(expected), Self.words(found))
        wordCount += expected.count
        var row = Array(0...found.count)
        for (i, word) in expected.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in found.indices {
                let replaced = diagonal + (word == found[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, diagonal + 1, row[j] + 1)
            }
        }
        errorCount += row[found.count]
    }

    /// Lower-case words without punctuation.
    static func words(_ text: String) -> [String] {
        text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "'") }.map(String.init)
    }
}
