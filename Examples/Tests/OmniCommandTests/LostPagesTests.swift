import Foundation
import Testing

/// A model whose file becomes shorter while it is in use.
@Suite(.timeLimit(.minutes(10))) struct LostPagesTests {
    @Test func aModelThatIsShortenedEndsTheCommandWithASentence() async throws {
        let folder = try TemporaryFolder()
        let packed = folder.path("packed")
        let quantize = try await Command.run("quantize", Command.nano, packed, "--bits", "8")
        try #require(quantize.status == 0, "\(quantize.messages)")
        // The batch has loaded the model when the first reply is there; then all of the weights go.
        let script = """
            mkfifo "$3/pipe"; "$0" batch "$3/pipe" --model "$1" -o "$3/answers" & omni=$!
            exec 3> "$3/pipe"; echo "$2" | sed s/ID/a/ >&3
            for i in $(seq 1200); do [ -s "$3/answers" ] && break; sleep 0.05; done
            : > "$1/lit_model.safetensors"; : > "$1/whisper/model.safetensors"
            echo "$2" | sed s/ID/b/ >&3; exec 3>&-; wait $omni
            """
        let question = #"{"id": "ID", "text": "What is your name?", "mode": "t1t2"}"#
        let command = try await Command.run(
            ["-c", script, Command.executable.path, packed, question, folder.url.path],
            executable: URL(filePath: "/bin/bash"))
        #expect(command.status == 74, "\(command.messages)")
        #expect(command.messages.contains("lit_model.safetensors: the file became shorter"), "\(command.messages)")
        let answers = try String(contentsOfFile: folder.path("answers"), encoding: .utf8)
        #expect(answers.split(separator: "\n").count == 1)
    }
}
