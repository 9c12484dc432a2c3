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
            "", #"{"id": "none"}"#, #"{"id": "nowhere", "path": "/nowhere.wav"}"#, #"{"id": "empty", "text": " "}"#,
        ])
        let command = try await Command.run(Self.flags + ["--jobs", "\(jobs)"], input: input)
        #expect(command.status == 0, "\(command.messages)")
        let results = try results(command)
        #expect(results.map(\.id) == ["speech", "words", "text", "none", "nowhere", "empty"])
        #expect(results.prefix(3).map(\.text) == ["My name is Omni.", "What is your name?", "My name is Omni."])
        #expect(results.suffix(3).allSatisfy { $0.text == nil && $0.error != nil })
        #expect(command.messages.contains("6 answers, 3 of them errors"))
    }

    /// What came before a line that makes no sense is answered.
    @Test(arguments: ["no JSON", #"{"id": "a", "text": "Once more?"}"#]) func aBadLine(_ line: String) async throws {
        let command = try await Command.run(
            Self.flags, input: lines([#"{"id": "a", "text": "What is your name?"}"#, line]))
        #expect(command.status == 65 && command.messages.contains("line 2"))
        #expect(try results(command).map(\.id) == ["a"])
    }

    private func question(_ id: String) -> String { #"{"id": "\#(id)", "text": "What is your name?", "mode": "t1t2"}"# }

    private func batch(_ input: String, _ output: String, _ flags: String...) async throws -> Command {
        try await Command.run(
            ["batch", "-", "--model", Command.nano, "-o", output] + flags, input: Data(input.utf8))
    }

    /// Answers that are there are only replaced when that is asked for, and then by the first new one.
    @Test func earlierAnswersAreKept() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("answers")
        let first = try await batch(question("a") + "\n", path)
        #expect(first.status == 0, "\(first.messages)")
        let answers = try Data(contentsOf: URL(filePath: path))
        let again = try await batch(question("b") + "\n", path)
        #expect(again.status == 73 && again.messages.contains("--overwrite"), "\(again.messages)")
        // A model that does not load, also with the flag that replaces.
        for flag in ["--overwrite", "--resume"] {
            let command = try await Command.run(
                ["batch", "-", "--model", "/nowhere", "-o", path, flag], input: lines([question("b")]))
            #expect(command.status == 66)
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == answers)
        let resumed = try await batch([question("a"), question("b"), ""].joined(separator: "\n"), path, "--resume")
        #expect(resumed.status == 0 && resumed.messages.contains("1 answers"), "\(resumed.messages)")
        #expect(try Data(contentsOf: URL(filePath: path)).starts(with: answers))
        let replaced = try await batch(question("c") + "\n", path, "--overwrite")
        #expect(replaced.status == 0)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains(#""id":"c""#) && text.split(separator: "\n").count == 1)
        #expect(try await batch("", path, "--overwrite", "--resume").status == 64)
    }

    /// What cannot be a result of an earlier run stays as it is, and so does everything until there is a new answer.
    @Test func whatIsNoAnswerStays() async throws {
        let folder = try TemporaryFolder()
        let questions = try folder.write("questions", Data((question("a") + "\n").utf8))
        for (flag, name) in [("--overwrite", "questions"), ("--resume", "questions"), ("--resume", "notes")] {
            let path = folder.path(name)
            if name == "notes" { _ = try folder.write(name, Data("no end of a line".utf8)) }
            let before = try Data(contentsOf: URL(filePath: path))
            let command = try await Command.run(["batch", questions, "--model", Command.nano, "-o", path, flag])
            #expect(command.status == 73 && command.messages.contains("nothing was changed"), "\(command.messages)")
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
        }
        let answers = try folder.write("answers", Data(#"{"ending":"text","id":"b"}"#.utf8))
        #expect(try await batch("no question\n", answers, "--overwrite").status == 65)
        #expect(try Data(contentsOf: URL(filePath: answers)).count == 26)
        // A last answer that lacks only the end of its line stays.
        let resumed = try await batch([question("a"), question("b"), ""].joined(separator: "\n"), answers, "--resume")
        #expect(resumed.status == 0 && resumed.messages.contains("1 answers"), "\(resumed.messages)")
        #expect(try String(contentsOfFile: answers, encoding: .utf8).split(separator: "\n").count == 2)
    }

    /// Only "no such file" means that there is nothing: here a link that leads to itself.
    @Test func anOutputThatCannotBeExaminedIsAnError() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("answers")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
        #expect(try await batch(question("a") + "\n", path, "--resume").status == 73)
        #expect(try await batch(question("a") + "\n", folder.url.path, "--resume").status == 73)
        let foreign = try folder.write("foreign", Data("not a result\n".utf8))
        #expect(try await batch(question("a") + "\n", foreign, "--resume").status == 65)
        #expect(try Data(contentsOf: URL(filePath: foreign)) == Data("not a result\n".utf8))
    }

    /// A field that is not what it should be is an error of its line; the others are answered.
    @Test func fieldsThatAreNotWhatTheyShouldBe() async throws {
        let fields = [
            #""maxSteps": 0"#, #""maxSteps": -5"#, #""maxSteps": 1e30"#, #""maxSteps": 2.5"#, #""maxSteps": "9""#,
            #""maxSteps": 1000001"#, #""seed": -1"#, #""seed": 1.5"#, #""seed": 18446744073709551616"#,
            #""mode": 3"#, #""path": 3"#,
        ]
        let input = fields.enumerated().map { #"{"id": "\#($0.offset)", "text": "Yes?", \#($0.element)}"# }
        let command = try await Command.run(Self.flags, input: lines(input + [question("good")]))
        #expect(command.status == 0, "\(command.messages)")
        let results = try results(command)
        #expect(results.map(\.id) == fields.indices.map(String.init) + ["good"])
        for (field, result) in zip(fields, results) {
            let name = field.split(separator: "\"")[0]
            #expect(result.error?.contains("\(name) must be ") == true, "\(field): \(result.error ?? "no error")")
        }
        #expect(results.last?.text == "My name is Omni.")
    }

    /// Errors are tried again; the same error has one line, however often.
    @Test func resumeTriesErrorsAgain() async throws {
        let folder = try TemporaryFolder()
        let (path, recording) = (folder.path("answers"), folder.path("later.wav"))
        let input = [#"{"id": "later", "path": "\#(recording)"}"#, question("a"), ""].joined(separator: "\n")
        #expect(try await batch(input, path).status == 0)
        let first = try String(contentsOfFile: path, encoding: .utf8)
        #expect(first.split(separator: "\n").count == 2)
        let again = try await batch(input, path, "--resume")
        #expect(again.status == 0 && again.messages.contains("1 answers, 1 of them errors"), "\(again.messages)")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == first)
        try FileManager.default.copyItem(atPath: Command.audio("what-is-your-name.wav"), toPath: recording)
        let resumed = try await batch(input, path, "--resume")
        #expect(resumed.status == 0 && resumed.messages.contains("1 answers, 0 of them errors"), "\(resumed.messages)")
        let last = try String(contentsOfFile: path, encoding: .utf8)
        #expect(last.hasPrefix(first))
        let added = try JSONDecoder().decode(Result.self, from: Data(last.dropFirst(first.count).utf8))
        #expect(added.id == "later" && added.text == "My name is Omni." && added.error == nil)
        let finished = try await batch(input, path, "--resume")
        #expect(finished.messages.contains("0 answers"), "\(finished.messages)")
    }

    /// Answers that are appended to their own questions would be questions again.
    @Test func theOutputIsNotTheInput() async throws {
        let folder = try TemporaryFolder()
        let questions = try folder.write("questions", Data((question("a") + "\n").utf8))
        let script = "exec \"$0\" batch \"$1\" --model \"$2\" >> \"$1\""
        let command = try await Command.run(
            ["-c", script, Command.executable.path, questions, Command.nano], executable: URL(filePath: "/bin/bash"))
        #expect(command.status == 73 && command.messages.contains("the file of questions"), "\(command.messages)")
        #expect(try String(contentsOfFile: questions, encoding: .utf8) == question("a") + "\n")
    }

    @Test func noTwoRunsWriteToOneFile() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("answers", Data())
        let locked = unsafe open(path, O_RDONLY)
        defer { close(locked) }
        try #require(flock(locked, LOCK_EX | LOCK_NB) == 0)
        let command = try await batch(question("a") + "\n", path, "--overwrite")
        #expect(command.status == 73 && command.messages.contains("another run writes to it"), "\(command.messages)")
    }

    /// What Windows and a machine that went down make of lines.
    @Test func linesOfOtherKinds() async throws {
        let nuls = String(repeating: "\0", count: 4096)
        let input = [question("a"), nuls, "", "  ", question("b"), ""].joined(separator: "\r\n")
        let folder = try TemporaryFolder()
        let path = try folder.write("answers", Data("\0\0\0\n".utf8))
        let command = try await batch(input.replacing("\0\r\n", with: "\0\n"), path, "--resume")
        #expect(command.status == 0, "\(command.messages)")
        #expect(command.messages.contains("line 2 has nothing but NULs"))
        let answers = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").suffix(2)
        let identifiers = try answers.map { try JSONDecoder().decode(Result.self, from: Data($0.utf8)).id }
        #expect(identifiers == ["a", "b"])
    }

    /// A program that writes questions into a pipe gets each answer before its next question.
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
