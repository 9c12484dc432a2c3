import Foundation
import OmniCore
import OmniPipeline
import OmniTensor
import TestSupport
import Testing

/// 4-bit weights that were rounded with the questions a model is asked.
@Suite struct CalibrationTests {
    /// The bundled questions; every fifth is held out.
    private static func questions() throws -> (asked: [AudioChunk], heldOut: [AudioChunk]) {
        let folder = Fixture.examples.appending(path: "Audio")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        var (asked, heldOut): ([AudioChunk], [AudioChunk]) = ([], [])
        for (index, name) in names.filter({ $0.hasSuffix(".wav") }).enumerated() {
            let recording = try AudioChunk(contentsOfWAV: folder.appending(path: name))
            if index % 5 == 4 { heldOut.append(recording) } else { asked.append(recording) }
        }
        return (asked, heldOut)
    }

    /// The bundled model, judged by questions that it was not calibrated with.
    @Test func outputsSufferLess() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let nano = try ModelDirectory(Fixture.examples.appending(path: "Models/nano"))
        let (asked, heldOut) = try Self.questions()
        let report = try #require(
            try await MiniOmni.pack(nano, into: folder, precision: .int4, calibration: asked, heldOut: heldOut))
        #expect(report.plainError < 0.2)
        #expect(report.calibratedError < 0.85 * report.plainError)
        // It is a model like any other.
        let omni = try await MiniOmni.load(from: folder, engine: NativeEngine.forTests)
        let question = try #require(heldOut.first)
        let reply = try await omni.makeSession().answer(to: question, mode: .transcription)
        #expect(!reply.text.isEmpty)
    }
}
