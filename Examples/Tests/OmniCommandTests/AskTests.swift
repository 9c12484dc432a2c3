import Foundation
import Testing

/// The contract of `omni ask`.
@Suite struct AskTests {
    struct Answer: Decodable {
        struct Audio: Decodable {
            let sampleRate: Int
            let sampleCount: Int
        }
        let text: String
        let tokens: [[Int32]]
        let promptLength: Int
        let stepCount: Int
        let ending: String
        let audio: Audio?
        let timings: [String: Double]
    }

    static let name = Command.audio("what-is-your-name.wav")

    @Test(arguments: [
        ("a1a2", "My name is Omni."), ("a1t1", "What is your name?"), ("a1t2", "My name is Omni."),
        ("a1a2-batch", "My name is Omni."),
    ])
    func spokenQuestion(mode: String, text: String) async throws {
        let command = try await Command.run(
            "ask", Self.name, "--model", Command.nano, "--mode", mode, "--noise", "none", "--json")
        #expect(command.status == 0 && command.messages == "")
        let answer = try command.json(as: Answer.self)
        #expect(answer.text == text)
        #expect(answer.tokens.count == 8)
        #expect(answer.ending == "completed")
        #expect((answer.audio != nil) == mode.hasPrefix("a1a2"))
        #expect(answer.timings["prefill", default: -1] > 0)
    }

    @Test(arguments: ["t1a2", "t1t2"])
    func writtenQuestion(mode: String) async throws {
        let command = try await Command.run(
            "ask", "--text", "What is your name?", "--model", Command.nano, "--mode", mode, "--json")
        #expect(command.status == 0)
        #expect(try command.json(as: Answer.self).text == "My name is Omni.")
    }

    @Test func enginesAgree() async throws {
        var answers: [[[Int32]]] = []
        for engine in ["reference", "blas"] {
            let command = try await Command.run(
                "ask", Self.name, "--model", Command.nano, "--engine", engine, "--json")
            answers.append(try command.json(as: Answer.self).tokens)
        }
        #expect(answers[0] == answers[1])
    }

    @Test func soundGoesToAFile() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path("reply.wav")
        let command = try await Command.run("ask", Self.name, "--model", Command.nano, "-o", file, "--json")
        let audio = try #require(try command.json(as: Answer.self).audio)
        let bytes = try Data(contentsOf: URL(filePath: file))
        #expect(bytes.starts(with: Array("RIFF".utf8)) && bytes.count == 44 + 2 * audio.sampleCount)
        #expect(audio.sampleRate == 24_000)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["reply.wav"])
    }

    @Test func soundGoesToAPipe() async throws {
        let question = try Data(contentsOf: URL(filePath: Self.name))
        let command = try await Command.run(
            "ask", "-", "--model", Command.nano, "-o", "-", "--raw", input: question)
        #expect(command.status == 0)
        #expect(command.messages.contains("My name is Omni."))
        // A frame is 2048 samples of two bytes.
        #expect(command.output.count > 0 && command.output.count % 4096 == 0)
    }

    @Test func textIsAllThatIsPrinted() async throws {
        let command = try await Command.run("ask", Self.name, "--model", Command.nano)
        #expect(command.text == "My name is Omni.\n" && command.messages == "")
    }

    @Test func stepsAreLimited() async throws {
        let command = try await Command.run(
            "ask", Self.name, "--model", Command.nano, "--max-steps", "9", "--json")
        let answer = try command.json(as: Answer.self)
        #expect(answer.stepCount == 9 && answer.ending == "reachedLimit")
        #expect(answer.audio?.sampleCount == 2 * 2048)
    }

    @Test func standardOutputByAnotherName() async throws {
        let command = try await Command.run(
            "ask", Self.name, "--model", Command.nano, "-o", "/dev/stdout", "--raw", "--max-steps", "9")
        #expect(command.status == 0 && command.output.count == 2 * 2 * 2048)
        #expect(command.messages.contains("the reply is not whole"), "\(command.messages)")
    }

    @Test func sameSeedSameTokens() async throws {
        var answers: [[[Int32]]] = []
        for seed in ["1", "1", "2"] {
            let command = try await Command.run(
                "ask", Self.name, "--model", Command.nano, "--top-k", "50", "--temperature", "3", "--seed", seed,
                "--max-steps", "40", "--json")
            answers.append(try command.json(as: Answer.self).tokens)
        }
        #expect(answers[0] == answers[1] && answers[0] != answers[2])
    }
}
