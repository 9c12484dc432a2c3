import Foundation
import Testing

/// `omni bench speed`: what it prints, not how fast it is.
@Suite struct BenchSpeedTests {
    private struct Report: Decodable {
        struct Engine: Decodable { let threads: Int }
        struct Limits: Decodable {
            let bytesPerSecond: Double
            let operationsPerSecond: [String: Double]
        }
        struct Figure: Decodable {
            let precision: String
            let stage: String
            let value: Double
            let unit: String
            let floor: Double?
        }
        let engine: Engine
        let limits: Limits
        let figures: [Figure]
    }

    @Test func measuresEveryStage() async throws {
        let command = try await Command.run("bench", "speed", "--precision", "int8", "--threads", "1", "--json")
        #expect(command.status == 0)
        let report = try command.json(as: Report.self)
        #expect(report.engine.threads == 1 && report.limits.bytesPerSecond > 0)
        #expect(Set(report.limits.operationsPerSecond.keys) == ["float32", "int8"])
        #expect(report.figures.allSatisfy { $0.value > 0 && ($0.floor ?? 1) > 0 })
        let stages = Set(report.figures.map(\.stage))
        let expected = [
            "step, two rows of batch mode", "step, after the text has ended", "step, one row",
            "step, four times two rows", "read 150 positions", "codec, streaming, per second",
            "codec, a second at once",
        ]
        #expect(stages.isSuperset(of: expected) && stages.contains { $0.hasPrefix("encode ") })
    }

    @Test func refusesNoThreads() async throws {
        #expect(try await Command.run("bench", "--threads", "0").status == 64)
    }

    @Test func saysThatAVoiceActivityFileIsMissing() async throws {
        let command = try await Command.run(
            "bench", "speed", "--precision", "int8", "--voice-activity", "/nonexistent.onnx")
        #expect(command.status == 66)
    }
}
