import Foundation
import Testing

/// The contract of `omni batch`.
@Suite(.timeLimit(.minutes(10))) struct BatchTests {
    struct Result: Decodable {
        let id: String
        let text: String?
        let error: String?
    }

    private static let flags = ["batch", "-", "--model", Command.nano]

    private func results(_ command: Command) throws -> [Result] {
        try command.text.split(separator: "\n").map { try JSONDecoder().decode(Result.self, from: Data($0.utf8)) }
    }

    private func lines(_ lines: [String]) -> Data { Data(lines.map { $0 + "\n" }.joined().utf8) }

    /// The first questions take the longest; answers come in the order of the questions, whatever is answered at once.
    @Test(arguments: [1, 8]) func answersInOrder(jobs: Int) async throws {
        let input = lines([
            #"{"id": "speech", "path": "\#(Command.audio("what-is-your-name.wav"))"}"#,
            #"{"id": "words", "path": "\#(Command.audio("what-is-your-name.wav"))", "mode": "a1t1"}"#,
            #"{"id": "text", "text": "What is your name?", "mode": "t1t2"}"#,
            "", #"{"id": "none"}"#, #"{"id": "nowhere", "path": "/nowhere.wav"}"#,
        ])
        let command = try await Command.run(Self.flags + ["--jobs", "\(jobs)"], input: input)
        #expect(command.status == 0, "\(command.messages)")
        let results = try results(command)
        #expect(results.map(\.id) == ["speech", "words", "text", "none", "nowhere"])
        #expect(results.prefix(3).map(\.text) == ["My name is Omni.", "What is your name?", "My name is Omni."])
        #expect(results.suffix(2).allSatisfy { $0.text == nil && $0.error != nil })
        #expect(command.messages.contains("5 answers, 2 of them errors"))
    }

    /// What came before a line that makes no sense is answered.
    @Test(arguments: ["no JSON", #"{"id": "a", "text": "Once more?"}"#]) func aBadLine(_ line: String) async throws {
        let command = try await Command.run(
            Self.flags, input: lines([#"{"id": "a", "text": "What is your name?"}"#, line]))
        #expect(command.status == 65 && command.messages.contains("line 2"))
        #expect(try results(command).map(\.id) == ["a"])
    }

    /// Whoever writes questions into a pipe gets each answer before the next question.
    @Test func answersWhileTheInputStaysOpen() async throws {
        let batch = try Conversant(Self.flags)
        for index in 0..<3 {
            try batch.write(lines([#"{"id": "\#(index)", "text": "What is your name?", "mode": "t1t2"}"#]))
            let answer = try #require(await batch.line(), "\(index)")
            let result = try JSONDecoder().decode(Result.self, from: Data(answer.utf8))
            #expect(result.id == "\(index)" && result.text == "My name is Omni.")
        }
        try batch.endInput()
        #expect(await batch.line() == nil)
        #expect(batch.status() == 0)
    }

    /// Told to stop, it waits for no further question.
    @Test func stopsWhileTheInputStaysOpen() async throws {
        let batch = try Conversant(Self.flags)
        try batch.write(lines([#"{"id": "a", "text": "What is your name?", "mode": "t1t2"}"#]))
        #expect(await batch.line() != nil)
        batch.terminate()
        #expect(await batch.line() == nil)
        #expect(batch.status() == 75)
    }
}
