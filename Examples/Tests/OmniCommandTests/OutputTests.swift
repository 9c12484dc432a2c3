import Foundation
import Testing

/// Where results go: whole files or none, devices as devices, and nothing of the user's lost.
@Suite(.timeLimit(.minutes(10))) struct OutputTests {
    private static let name = Command.audio("what-is-your-name.wav")
    private static let ask = ["ask", name, "--model", Command.nano, "--max-steps", "9", "-o"]

    private func names(_ folder: borrowing TemporaryFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
    }

    private func kind(_ path: String) -> mode_t {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? status.st_mode & S_IFMT : 0
    }

    /// Whether the system lets a null device be made, as it lets some roots.
    private static let canMakeDevices: Bool = {
        guard let folder = try? TemporaryFolder() else { return false }
        return unsafe mknod(folder.path("null"), S_IFCHR | 0o666, 1 << 8 | 3) == 0
    }()

    /// A null device of the test's own: renaming a file over it would work.
    @Test(.enabled(if: canMakeDevices)) func aDeviceStaysADevice() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("null")
        try #require(unsafe mknod(path, S_IFCHR | 0o666, 1 << 8 | 3) == 0)
        let codes = try folder.write("codes.json", Data(#"{"codes": [[1], [2, 3], [4, 5, 6, 7]]}"#.utf8))
        let decode = ["codec", "decode", codes, "--model", Command.nano, "-o"]
        let encode = ["codec", "encode", Self.name, "--model", Command.nano, "-o"]
        for arguments in [Self.ask, decode, encode] {
            let command = try await Command.run(arguments + [path])
            #expect(command.status == 0, "\(command.messages)")
            #expect(kind(path) == S_IFCHR)
        }
        #expect(try names(folder) == ["codes.json", "null"])
    }

    @Test func aFullDiskIsAnError() async throws {
        let command = try await Command.run(Self.ask + ["/dev/full"])
        #expect(command.status == 74 && command.messages.contains("No space left on device"), "\(command.messages)")
        #expect(kind("/dev/full") == S_IFCHR)
    }

    /// A folder is none, whether it is there or not, and nothing is made that was not asked for.
    @Test func foldersAndPathsThatLeadNowhere() async throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("file", Data("old".utf8))
        for (name, reason) in [
            ("name/", "Is a directory"), ("file/", "Is a directory"), ("no/../x.wav", "No such file or directory"),
            ("file/../x.wav", "Not a directory"), (".", "Is a directory"),
        ] {
            let script = "cd \"$1\" && exec \"$0\" ask \"$2\" --model \"$3\" --max-steps 9 -o \"$4\""
            let command = try await Command.run(
                ["-c", script, Command.executable.path, folder.url.path, Self.name, Command.nano, name],
                executable: URL(filePath: "/bin/bash"))
            #expect(command.status == 73 && command.messages.contains(reason), "\(name): \(command.messages)")
            #expect(command.messages.contains("error: \(name): "), "\(name): \(command.messages)")
        }
        #expect(try names(folder) == ["file"])
    }

    /// By its name, by a link, and as what standard input is.
    @Test func theInputIsNotWrittenOver() async throws {
        let folder = try TemporaryFolder()
        let sound = try Data(contentsOf: URL(filePath: Self.name))
        let text = Data(#"{"codes": [[1], [2, 3], [4, 5, 6, 7]]}"#.utf8)
        let (recording, codes) = try (folder.write("sound.wav", sound), folder.write("codes.json", text))
        for (name, target) in [("sound link", recording), ("codes link", codes)] {
            try FileManager.default.createSymbolicLink(atPath: folder.path(name), withDestinationPath: target)
        }
        for arguments in [
            ["ask", recording, "-o", recording], ["ask", recording, "-o", folder.path("sound link")],
            ["codec", "encode", recording, "-o", folder.path("sound link")],
            ["codec", "decode", codes, "-o", codes], ["codec", "decode", folder.path("codes link"), "-o", codes],
        ] {
            let command = try await Command.run(arguments + ["--model", Command.nano])
            #expect(command.status == 73, "\(arguments): \(command.messages)")
            #expect(command.messages.contains("nothing was changed"), "\(arguments): \(command.messages)")
        }
        let script = #"exec "$0" codec decode - -o "$1" --model "$2" < "$1""#
        let piped = try await Command.run(
            ["-c", script, Command.executable.path, codes, Command.nano], executable: URL(filePath: "/bin/bash"))
        #expect(piped.status == 73, "\(piped.messages)")
        #expect(try Data(contentsOf: URL(filePath: recording)) == sound)
        #expect(try Data(contentsOf: URL(filePath: codes)) == text)
    }

    /// What `>>` appends to keeps what it has, by whatever name standard output goes.
    @Test(arguments: ["-", "/dev/stdout", "/proc/self/fd/1", "/dev/fd/1", "LINK"])
    func whatIsAppendedToKeepsWhatItHas(name: String) async throws {
        let folder = try TemporaryFolder()
        let log = try folder.write("log", Data("before\n".utf8))
        try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "/dev/stdout")
        let output = name == "LINK" ? folder.path("link") : name
        let question = try folder.write("questions", Data((#"{"id": "a", "text": "b", "mode": "t1t2"}"# + "\n").utf8))
        let codes = try folder.write("codes.json", Data(#"{"codes": [[1], [2, 3], [4, 5, 6, 7]]}"#.utf8))
        var length = 7
        for arguments in [
            ["batch", question, "-o", output], ["batch", question, "-o", output, "--overwrite"],
            ["codec", "decode", codes, "-o", output],
        ] {
            if name == "-", arguments.contains("--overwrite") { continue }
            let script = "log=$1; shift; exec \"$0\" \"$@\" >> \"$log\""
            let command = try await Command.run(
                ["-c", script, Command.executable.path, log] + arguments + ["--model", Command.nano],
                executable: URL(filePath: "/bin/bash"))
            #expect(command.status == 0, "\(arguments): \(command.messages)")
            let bytes = try Data(contentsOf: URL(filePath: log))
            #expect(bytes.starts(with: Array("before\n".utf8)) && bytes.count > length)
            if arguments[0] == "codec" {
                // One header, where the audio begins.
                #expect(bytes.count == length + 44 + 2 * 2048)
                #expect(bytes[length...].starts(with: Array("RIFF".utf8)))
            }
            length = bytes.count
        }
        #expect(try names(folder) == ["codes.json", "link", "log", "questions"])
        #expect(kind(folder.path("link")) == S_IFLNK)
    }

    /// Over the limit of a file's size a write fails, and nothing stays.
    @Test func aLimitOfTheSizeIsAnError() async throws {
        let folder = try TemporaryFolder()
        let script = "ulimit -f 4; exec \"$0\" ask \"$1\" --model \"$2\" -o \"$3\""
        let command = try await Command.run(
            ["-c", script, Command.executable.path, Self.name, Command.nano, folder.path("a.wav")],
            executable: URL(filePath: "/bin/bash"))
        #expect(command.status == 74 && command.messages.contains("File too large"), "\(command.messages)")
        #expect(try names(folder) == [])
    }

    @Test func linksAreFollowed() async throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("target.wav", Data("old".utf8))
        let link = folder.path("link.wav")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "target.wav")
        // What an earlier version wrote through: such a link is nothing to it.
        let trap = try folder.write("trap", Data("trap".utf8))
        try FileManager.default.createSymbolicLink(
            atPath: folder.path(".link.wav.incomplete"), withDestinationPath: "trap")
        let command = try await Command.run(Self.ask + [link])
        #expect(command.status == 0, "\(command.messages)")
        #expect(kind(link) == S_IFLNK)
        #expect(try Data(contentsOf: URL(filePath: folder.path("target.wav"))).starts(with: Array("RIFF".utf8)))
        #expect(try Data(contentsOf: URL(filePath: trap)) == Data("trap".utf8))
    }

    @Test func runsWithOneOutputDoNotDisturbEachOther() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.wav")
        let statuses = try await withThrowingTaskGroup(of: Int32.self) { group in
            for _ in 0..<6 { group.addTask { try await Command.run(Self.ask + [path]).status } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 0, count: 6))
        #expect(try names(folder) == ["a.wav"])
        #expect(try Data(contentsOf: URL(filePath: path)).count == 44 + 2 * 2 * 2048)
    }

    /// A signal takes the unfinished file away; what SIGKILL leaves goes with the next run.
    @Test(arguments: [("TERM", 143), ("INT", 130), ("HUP", 129)] as [(String, Int32)])
    func signalsLeaveNothing(signal: String, status: Int32) async throws {
        // Its sound file is open until the reply is over. A shell has SIGINT ignored in what it runs in the background.
        let script = """
            perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$0" ask "$1" --model "$2" -o "$3/a.wav" > "$3/text" & omni=$!
            for i in $(seq 6000); do ls -A "$3" | grep -q -e partial -e wav && break; sleep 0.002; done
            kill -STOP $omni; ls -A "$3" | grep -c partial; kill -\(signal) $omni; kill -CONT $omni
            wait $omni; echo $?
            ls -A "$3"
            """
        // A fast machine may have finished before it was stopped.
        for _ in 0..<20 {
            let folder = try TemporaryFolder()
            let command = try await Command.run(
                ["-c", script, Command.executable.path, Self.name, Command.nano, folder.url.path],
                executable: URL(filePath: "/bin/bash"))
            let lines = command.text.split(separator: "\n").map(String.init)
            guard lines.first == "1" else { continue }
            #expect(lines == ["1", "\(status)", "text"], "\(command.messages)")
            return
        }
        Issue.record("every reply ended before the signal")
    }

    /// A reader that has seen enough ends the command as the signal would, without a word.
    @Test(arguments: ["true", "trap '' PIPE"]) func aReaderThatLeaves(before: String) async throws {
        let script = before + "; \"$0\" tokenize --model \"$1\" $(seq 9000) | head -c 1; echo ${PIPESTATUS[0]}"
        let command = try await Command.run(
            ["-c", script, Command.executable.path, Command.nano], executable: URL(filePath: "/bin/bash"))
        #expect(command.text.hasSuffix("141\n"), "\(command.text)")
        #expect(command.messages == "")
    }

    @Test func namesAreNoCommandsToATerminal() async throws {
        let command = try await Command.run("transcribe", "/nowhere/\u{1B}]0;owned\u{07}.wav", "--model", Command.nano)
        #expect(command.status == 66)
        #expect(command.messages.lowercased().contains(#"\u{1b}]0;owned\u{7}.wav"#), "\(command.messages)")
        #expect(!command.messages.unicodeScalars.contains("\u{1B}"))
        let usage = try await Command.run("ask", "--\u{1B}[31m")
        #expect(usage.status == 64 && !usage.messages.unicodeScalars.contains("\u{1B}"))
    }
}
