import Foundation
import Testing

/// The contracts of the commands that use one part of a model.
@Suite struct PartTests {
    @Test func tokenize() async throws {
        struct Result: Decodable {
            let ids: [Int32]
            let pieces: [String]
            let decoded: String
        }
        let texts = ["What is your name?", "", "e\u{301}<|im_end|>"]
        let command = try await Command.run(
            "tokenize", "--model", Command.nano, "--json", input: JSONEncoder().encode(texts))
        #expect(command.status == 0)
        let results = try command.json(as: [Result].self)
        #expect(results.map(\.decoded) == texts)
        #expect(results.allSatisfy { $0.ids.count == $0.pieces.count })
        #expect(results[1].ids.isEmpty && results[2].ids.last == 703)
    }

    @Test func codecRoundTrip() async throws {
        struct Codes: Decodable { let codes: [[Int32]] }
        let folder = try TemporaryFolder()
        let encoded = try await Command.run(
            "codec", "encode", Command.audio("what-is-your-name.wav"), "--model", Command.nano, "--json")
        let codes = try encoded.json(as: Codes.self).codes
        #expect(codes.count == 3 && codes[1].count == 2 * codes[0].count && codes[2].count == 4 * codes[0].count)
        let decoded = try await Command.run(
            "codec", "decode", "-", "--model", Command.nano, "--noise", "none", "-o", folder.path("a.wav"), "--float",
            "--json", input: encoded.output)
        #expect(decoded.status == 0)
        #expect(try decoded.json(as: Codes.self).codes == codes)
        let bytes = try Data(contentsOf: URL(filePath: folder.path("a.wav")))
        #expect(bytes.count == 58 + 4 * 2048 * codes[0].count)
    }

    @Test func codecPrecision() async throws {
        let codes = Data(#"{"codes": [[1, 9], [2, 3, 5, 8], [4, 5, 6, 7, 1, 2, 3, 9]]}"#.utf8)
        var samples: [String: [Float]] = [:]
        for precision in ["none named", "automatic", "float32", "bfloat16", "int8"] {
            let flags = precision == "none named" ? [] : ["--precision", precision]
            let decoded = try await Command.run(
                ["codec", "decode", "-", "--model", Command.nano, "--noise", "none", "-o", "-", "--raw", "--float"]
                    + flags, input: codes)
            #expect(decoded.status == 0, "\(decoded.messages)")
            samples[precision] = unsafe decoded.output.withUnsafeBytes { unsafe Array($0.bindMemory(to: Float.self)) }
        }
        let floats = try #require(samples["float32"])
        #expect(floats.count == 2 * 2048)
        #expect(samples["none named"] == floats && samples["automatic"] == floats)
        for (precision, least) in [("bfloat16", 30.0), ("int8", 20.0)] {
            let others = try #require(samples[precision])
            let power = floats.reduce(0) { $0 + Double($1 * $1) }
            let error = zip(floats, others).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
            #expect(error > 0 && 10 * log10(power / error) > least, "\(precision)")
        }
    }

    @Test func codesAsLinesAndAsAFile() async throws {
        let folder = try TemporaryFolder()
        let audio = Command.audio("what-is-your-name.wav")
        let lines = try await Command.run("codec", "encode", audio, "--model", Command.nano)
        let json = try await Command.run("codec", "encode", audio, "--model", Command.nano, "--json")
        let file = try await Command.run(
            "codec", "encode", audio, "--model", Command.nano, "-o", folder.path("codes.json"))
        let codes = try json.json(as: [String: [[Int32]]].self)["codes"]
        #expect(lines.text.split(separator: "\n").map { $0.split(separator: " ").compactMap { Int32($0) } } == codes)
        #expect(file.status == 0 && file.output.isEmpty)
        #expect(try Data(contentsOf: URL(filePath: folder.path("codes.json"))) == json.output)
    }

    @Test func transcribe() async throws {
        let command = try await Command.run(
            "transcribe", Command.audio("what-is-your-name.wav"), "--model", Command.nano)
        #expect(command.text == "What is your name?\n")
    }

    @Test func voiceActivity() async throws {
        struct Result: Decodable {
            struct Segment: Decodable {
                let start: Int
                let end: Int
            }
            let probabilities: [Float]
            let segments: [Segment]
        }
        // The same graph as the published file, with random weights.
        let network = Command.package.deletingLastPathComponent()
            .appending(path: "Tests/Fixtures/vad/synthetic/v4.onnx").path
        let command = try await Command.run(
            "vad", Command.audio("what-is-your-name.wav"), "--model", network, "--window", "1024", "--json")
        #expect(command.status == 0, "\(command.messages)")
        let result = try command.json(as: Result.self)
        #expect(!result.probabilities.isEmpty && result.probabilities.allSatisfy { (0...1).contains($0) })
        let narrow = try await Command.run(
            "vad", Command.audio("what-is-your-name.wav"), "--model", network, "--window", "1024", "--json",
            "--precision", "int8"
        ).json(as: Result.self)
        let differences = zip(result.probabilities, narrow.probabilities).map { abs($0 - $1) }
        #expect(differences.count == result.probabilities.count && differences.contains { $0 > 0 })
    }

    /// A model's folder has the file, and a variable may name the folder.
    @Test func voiceActivityOfAModel() async throws {
        let recording = Command.audio("what-is-your-name.wav")
        let file = try await Command.run("vad", recording, "--model", Command.nano + "/silero_vad.safetensors")
        #expect(file.status == 0 && !file.output.isEmpty, "\(file.messages)")
        let folder = try await Command.run("vad", recording, "--model", Command.nano)
        #expect(folder.status == 0 && folder.output == file.output, "\(folder.messages)")
        var environment = ProcessInfo.processInfo.environment
        environment["OMNI_MODEL"] = Command.nano
        let variable = try await Command.run(["vad", recording], environment: environment)
        #expect(variable.status == 0 && variable.output == file.output, "\(variable.messages)")
        let codec = try await Command.run("vad", recording, "--model", Command.nano + "/snac")
        #expect(codec.status == 66 && codec.messages.contains("voice activity model"), "\(codec.messages)")
    }

    @Test func codesThroughAPipe() async throws {
        let recording = Command.audio("what-is-your-name.wav")
        let json = try await Command.run("codec", "encode", recording, "--model", Command.nano, "--json")
        let output = try await Command.run("codec", "encode", recording, "--model", Command.nano, "-o", "-")
        #expect(json.status == 0 && output.status == 0 && output.output == json.output, "\(output.messages)")
    }

    @Test func info() async throws {
        let command = try await Command.run("info", "--model", Command.nano)
        #expect(command.status == 0)
        #expect(command.text.contains("language model") && command.text.contains("codec"))
        #expect(command.text.contains("automatic       encoder ") && command.text.contains("because         8-bit"))
    }

    @Test func doctor() async throws {
        let command = try await Command.run("doctor", "--model", Command.nano)
        #expect(command.status == 0, "\(command.text)")
    }

    @Test func randomModel() async throws {
        let folder = try TemporaryFolder()
        let made = try await Command.run("make-random-model", folder.path("model"), "--size", "tiny")
        #expect(made.status == 0)
        let again = try await Command.run("make-random-model", folder.path("model"), "--size", "tiny", "--seed", "1")
        #expect(again.status == 73 && again.messages.contains("nothing was changed"), "\(again.messages)")
        let answer = try await Command.run(
            "ask", "--text", "Say something.", "--model", folder.path("model"), "--max-steps", "12", "--json")
        #expect(answer.status == 0, "\(answer.messages)")
        #expect(try answer.json(as: AskTests.Answer.self).audio?.sampleCount == 5 * 2048)
    }
}
