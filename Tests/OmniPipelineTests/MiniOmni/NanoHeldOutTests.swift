import Foundation
import OmniCore
import OmniPipeline
import TestSupport
import Testing

/// The headline rows of the bundled model's table, on a few questions of each held-out set: a regression of the model
/// or of the code that runs it shows here. The whole table is `omni bench nano`.
@Suite struct NanoHeldOutTests {
    /// A recording, what should be answered, and what PyTorch answers with the same weights.
    struct Entry: Decodable {
        let file: String
        let set: String
        let question: String
        let answer: String
        let texts: [String: String]

        var recording: AudioChunk {
            get throws { try AudioChunk(contentsOfWAV: Fixture.url("nano/held-out/\(file)")) }
        }
    }

    /// How many of the eight answers of each set are right at least.
    static let leastRightCounts = [
        "voices": 7, "phrasings": 6, "unknown": 6, "natural": 7, "natural-unknown": 6,
    ]

    @Test(arguments: [(ReplyMode.speechToText, "a1t2"), (.speechToSpeechBatch, "batch"), (.transcription, "a1t1")])
    func answersAsPyTorchDoes(_ mode: ReplyMode, name: String) async throws {
        let session = try await MiniOmni.load(from: NanoModelTests.directory).makeSession()
        for entry in try Fixture.json("nano/held-out/index.json", as: [Entry].self) {
            let reply = try await session.answer(to: entry.recording, mode: mode)
            #expect(reply.text == entry.texts[name], "\(entry.file): \(entry.question)")
        }
    }

    @Test(arguments: leastRightCounts.keys.sorted()) func answersAreRight(_ set: String) async throws {
        let session = try await MiniOmni.load(from: NanoModelTests.directory).makeSession()
        let entries = try Fixture.json("nano/held-out/index.json", as: [Entry].self).filter { $0.set == set }
        var rightCount = 0
        for entry in entries {
            let reply = try await session.answer(to: entry.recording, mode: .speechToText)
            if reply.text == entry.answer { rightCount += 1 }
        }
        #expect(entries.count == 8)
        #expect(try rightCount >= #require(Self.leastRightCounts[set]), "\(set)")
    }
}
