import Foundation
import OmniCore
import OmniTensor
import TestSupport
import Testing

@testable import OmniPipeline

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
    @Test(arguments: [PrecisionPlan.int8, .int4, .mixed]) func textsServeAsWell(_ plan: PrecisionPlan) async throws {
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

    /// Every position of a text has logits, as when it is written: the head sees as many as the blocks do.
    @Test func everyPositionCounts() async throws {
        let nano = try ModelDirectory(Fixture.examples.appending(path: "Models/nano"))
        let calibration = try Calibration(nano, engine: NativeEngine.forTests, precision: .int4, watching: .int4)
        try await calibration.show([.text("What is your name?"), .text("What is 2 plus 3?")]) { _ in }
        let counts = calibration.matrices.mapValues { $0.statistics.rowCount }
        let first = try #require(counts["transformer.h.0.mlp.fc_1.weight"])
        #expect(first > 10)
        #expect(counts.contains { $0.key.hasSuffix("weight.text") && $0.value == first })
        #expect(!counts.keys.contains { $0.contains(".attn.") })
    }

    /// Floats have no integers to choose, and a text of blanks says nothing: nothing is written.
    @Test func whatCannotCalibrateIsRefused() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        let nano = try ModelDirectory(Fixture.examples.appending(path: "Models/nano"))
        func pack(_ plan: PrecisionPlan, _ samples: [CalibrationSample]) async throws {
            try await MiniOmni.pack(nano, into: folder, precision: plan, calibration: samples)
        }
        await #expect(throws: CalibrationError.emptyText(index: 1)) {
            try await pack(.int4, [.text("a"), .text(" \n")])
        }
        await #expect(throws: CalibrationError.nothingToRound(.bfloat16)) { try await pack(.bfloat16, [.text("a")]) }
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }
}
