import Foundation
import Testing

/// The contract of `omni bench quality`.
@Suite struct QualityTests {
    private struct Row: Decodable {
        let format: String
        let logitError: Double
        let agreement: Double
        let wordErrorRate: Double
        let accuracy: Double
        let codecSignalToNoise: Double?
    }

    /// Fewer bits cost more, and the formats that are recommended cost next to nothing.
    @Test func formatsAreMeasured() async throws {
        let folder = try TemporaryFolder()
        for name in ["what-is-your-name.wav", "what-is-seven-plus-five.wav"] {
            _ = try folder.write(name, Data(contentsOf: URL(filePath: Command.audio(name))))
        }
        let command = try await Command.run(
            "bench", "quality", "--model", Command.nano, "--questions", folder.url.path, "--json")
        #expect(command.status == 0)
        let rows = try Dictionary(uniqueKeysWithValues: command.json(as: [Row].self).map { ($0.format, $0) })
        let (float32, int8, int4) = try (
            #require(rows["float32"]), #require(rows["int8"]), #require(rows["int4"])
        )
        #expect(float32.logitError < 1e-4 && float32.agreement == 1)
        #expect(float32.wordErrorRate == 0 && float32.accuracy == 1)
        #expect(int8.logitError < 0.03 && int8.agreement > 0.98 && int8.wordErrorRate == 0)
        #expect(int4.logitError > int8.logitError && int4.logitError < 0.3)
        let signalToNoise = try [float32, int8, int4].map { try #require($0.codecSignalToNoise) }
        #expect(signalToNoise[0] > 100 && signalToNoise[0] > signalToNoise[1] && signalToNoise[1] > signalToNoise[2])
    }

    @Test func aFolderWithoutQuestionsIsReported() async throws {
        let folder = try TemporaryFolder()
        let command = try await Command.run("bench", "quality", "--questions", folder.url.path)
        #expect(command.status == 65)
    }
}
