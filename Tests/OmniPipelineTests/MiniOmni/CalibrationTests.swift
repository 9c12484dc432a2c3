import Foundation
import OmniCore
import OmniPipeline
import OmniTensor
import TestSupport
import Testing

/// 4-bit weights that were rounded with what a model is shown.
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
        let (samples, others) = (asked.map(CalibrationSample.recording), heldOut.map(CalibrationSample.recording))
        let report = try #require(
            try await MiniOmni.pack(nano, into: folder, precision: .int4, calibration: samples, heldOut: others))
        #expect(report.plainError < 0.2)
        #expect(report.calibratedError < 0.85 * report.plainError)
        // It is a model like any other.
        let omni = try await MiniOmni.load(from: folder, engine: NativeEngine.forTests)
        let question = try #require(heldOut.first)
        let reply = try await omni.makeSession().answer(to: question, mode: .transcription)
        #expect(!reply.text.isEmpty)
    }

    /// Sums in words; those whose second number is a multiple of three are held out.
    private static func sums() -> (read: [CalibrationSample], heldOut: [CalibrationSample]) {
        let sums = (1...9).flatMap { first in (1...9).map { (first, $0) } }
        func text(_ numbers: [(Int, Int)]) -> [CalibrationSample] {
            [.text(numbers.map { "What is \($0) plus \($1)? \($0) plus \($1) is \($0 + $1)." }.joined(separator: "\n"))]
        }
        return (text(sums.filter { $0.1 % 3 != 0 }), text(sums.filter { $0.1 % 3 == 0 }))
    }

    /// The bundled model reads one text and is judged by another.
    @Test(arguments: [PrecisionPlan.int4, .mixed]) func textsServeAsWell(_ plan: PrecisionPlan) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let nano = try ModelDirectory(Fixture.examples.appending(path: "Models/nano"))
        let (read, heldOut) = Self.sums()
        let report = try #require(
            try await MiniOmni.pack(nano, into: folder, precision: plan, calibration: read, heldOut: heldOut))
        #expect(report.plainError < 0.2)
        #expect(report.calibratedError < 0.85 * report.plainError)
        let omni = try await MiniOmni.load(from: folder, engine: NativeEngine.forTests)
        let reply = try await omni.makeSession().answer(to: "What is 2 plus 3?", mode: .textToText)
        #expect(!reply.text.isEmpty)
    }

    /// Nothing is written for a text of blanks.
    @Test func aTextOfBlanksIsRefused() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        let nano = try ModelDirectory(Fixture.examples.appending(path: "Models/nano"))
        await #expect(throws: CalibrationError.emptyText(index: 1)) {
            try await MiniOmni.pack(nano, into: folder, precision: .int4, calibration: [.text("a"), .text(" \n")])
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }
}
