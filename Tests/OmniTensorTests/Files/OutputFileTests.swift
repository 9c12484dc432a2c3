import Foundation
import OmniTensor
import Testing

/// Outputs are the old file or the whole new one, and devices stay what they are.
@Suite struct OutputFileTests {
    /// A folder for one test.
    private struct Folder: ~Copyable {
        let url = FileManager.default.temporaryDirectory.appending(path: "omni-output-\(UUID().uuidString)")

        init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

        func path(_ name: String) -> String { url.appending(path: name).path }
        func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }
        func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
        func write(_ text: String, to name: String) throws {
            try text.write(toFile: path(name), atomically: false, encoding: .utf8)
        }

        deinit { try? FileManager.default.removeItem(at: url) }
    }

    @Test func aFileIsReplacedAsAWhole() throws {
        let folder = try Folder()
        try folder.write("old", to: "a")
        let file = try OutputFile(folder.path("a"))
        try file.append(Array("new file".utf8))
        try file.replace(Array("NEW".utf8), at: 0)
        #expect(try folder.text("a") == "old")
        try file.finish()
        #expect(try folder.text("a") == "NEW file")
        #expect(try folder.names() == ["a"])
        #expect(throws: OutputFileError.self) { try file.append([1]) }
    }

    @Test func anUnfinishedFileGoes() throws {
        let folder = try Folder()
        try folder.write("old", to: "a")
        func begin() throws { try OutputFile(folder.path("a")).append([1, 2, 3]) }
        try begin()
        let file = try OutputFile(folder.path("b"))
        file.discard()
        #expect(try folder.names() == ["a"])
        #expect(try folder.text("a") == "old")
    }

    @Test func linksStayAndTheirFilesAreReplaced() throws {
        let folder = try Folder()
        try folder.write("old", to: "target")
        let manager = FileManager.default
        try manager.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "target")
        try manager.createSymbolicLink(atPath: folder.path("dangling"), withDestinationPath: "made")
        try manager.createSymbolicLink(atPath: folder.path("loop"), withDestinationPath: "loop")
        try OutputFile.write(Array("new".utf8), to: folder.path("link"))
        try OutputFile.write(Array("made".utf8), to: folder.path("dangling"))
        #expect(throws: OutputFileError(path: folder.path("loop"), operation: .create, code: ELOOP)) {
            try OutputFile(folder.path("loop"))
        }
        #expect(try folder.text("target") == "new" && folder.text("made") == "made")
        #expect(try manager.destinationOfSymbolicLink(atPath: folder.path("link")) == "target")
        #expect(try folder.names() == ["dangling", "link", "loop", "made", "target"])
    }

    @Test func theModeStays() throws {
        let folder = try Folder()
        try folder.write("old", to: "a")
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder.path("a"))
        try OutputFile.write([1], to: folder.path("a"))
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path("a"))
        #expect(attributes[.posixPermissions] as? Int == 0o640)
    }

    /// Whether the system lets a null device be made, as it lets some roots.
    private static let canMakeDevices: Bool = {
        guard let folder = try? Folder() else { return false }
        return unsafe mknod(folder.path("null"), S_IFCHR | 0o600, 1 << 8 | 3) == 0
    }()

    @Test(.enabled(if: canMakeDevices)) func aDeviceStaysADevice() throws {
        let folder = try Folder()
        let path = folder.path("null")
        try #require(unsafe mknod(path, S_IFCHR | 0o600, 1 << 8 | 3) == 0)
        try OutputFile.write([1, 2, 3], to: path)
        var status = stat()
        #expect(unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
        #expect(try folder.names() == ["null"])
    }

    @Test func aPipeIsWrittenTo() async throws {
        let folder = try Folder()
        let path = folder.path("pipe")
        try #require(unsafe mkfifo(path, 0o600) == 0)
        // `Data(contentsOf:)` would take the size of a pipe, 0, for the length of what comes through it.
        let reader = Task.detached { try FileHandle(forReadingFrom: URL(filePath: path)).readToEnd() }
        let file = try OutputFile(path)
        #expect(!file.canReplace)
        try file.append(Array("through".utf8))
        try file.finish()
        #expect(try await reader.value == Data("through".utf8))
        #expect(try folder.names() == ["pipe"])
    }

    /// A descriptor that is open is written to where it stands, not from the start of its file.
    @Test func aDescriptorIsWrittenToWhereItStands() throws {
        let folder = try Folder()
        try folder.write("before ", to: "a")
        let descriptor = unsafe open(folder.path("a"), O_WRONLY | O_APPEND)
        defer { close(descriptor) }
        try OutputFile.write(Array("after".utf8), to: "/dev/fd/\(descriptor)")
        #expect(try folder.text("a") == "before after")
        #expect(try folder.names() == ["a"])
    }

    /// Links to an open descriptor lead to it, and not to the name that its file has.
    @Test func linksToADescriptorAreFollowedToIt() throws {
        let folder = try Folder()
        try folder.write("before ", to: "a")
        let descriptor = unsafe open(folder.path("a"), O_WRONLY | O_APPEND)
        defer { close(descriptor) }
        let manager = FileManager.default
        try manager.createSymbolicLink(
            atPath: folder.path("one"), withDestinationPath: "/proc/self/fd/\(descriptor)")
        try manager.createSymbolicLink(atPath: folder.path("two"), withDestinationPath: "one")
        for path in [folder.path("one"), folder.path("two"), "/proc/\(getpid())/fd/\(descriptor)"] {
            guard manager.fileExists(atPath: path) else { continue }
            #expect(OutputFile.descriptor(namedBy: path) == descriptor)
            try OutputFile.write(Array("x".utf8), to: path)
        }
        #expect(try folder.text("a").hasPrefix("before "))
        #expect(try folder.names() == ["a", "one", "two"])
        for path in ["/dev/stdout/", folder.path("a"), folder.path("1"), "1", "/dev/fd/none", ""] {
            #expect(OutputFile.descriptor(namedBy: path) == nil, "\(path)")
        }
        #expect(OutputFile.descriptor(namedBy: "/dev/stdout") == 1)
    }

    /// The path as the system reads it, with everything above the folder.
    @Test func foldersAreMade() throws {
        let folder = try Folder()
        for name in ["a/b/c", "a/b/c", "a/b/d/", "./a/./e", "a/../f"] {
            try OutputFile.makeFolder(folder.path("") + "/" + name)
        }
        #expect(try folder.names() == ["a", "f"])
        #expect(
            try FileManager.default.subpathsOfDirectory(atPath: folder.path("a")).sorted() == [
                "b", "b/c", "b/d", "e",
            ])
        let root = folder.url.path
        try folder.write("file", to: "file")
        for (path, code) in [
            ("\(root)/no/../x", ENOENT), ("\(root)/no/../x/y", ENOENT), ("\(root)/file", ENOTDIR),
            ("\(root)/file/x", ENOTDIR), ("", ENOENT),
        ] {
            #expect(throws: OutputFileError(path: path, operation: .createFolder, code: code)) {
                try OutputFile.makeFolder(path)
            }
        }
        #expect(try folder.names() == ["a", "f", "file"])
    }

    @Test func whatCannotBeMadeIsAnError() throws {
        let folder = try Folder()
        #expect(throws: OutputFileError(path: folder.url.path, operation: .create, code: EISDIR)) {
            try OutputFile(folder.url.path)
        }
        #expect(throws: OutputFileError(path: folder.path("none/a"), operation: .create, code: ENOENT)) {
            try OutputFile(folder.path("none/a"))
        }
        #expect(throws: OutputFileError.self) { try OutputFile("") }
        let root = folder.url.path
        try folder.write("file", to: "file")
        for (name, code) in [("name/", EISDIR), ("file/", EISDIR), ("no/../x", ENOENT), ("file/../x", ENOTDIR)] {
            let path = "\(root)/\(name)"
            #expect(throws: OutputFileError(path: path, operation: .create, code: code)) { try OutputFile(path) }
        }
        #expect(try folder.names() == ["file"])
    }

    /// Many writers of one target: the last one to finish has it, whole, and nothing else stays.
    @Test func writersOfOneTargetDoNotDisturbEachOther() async throws {
        let folder = try Folder()
        let path = folder.path("a")
        try await withThrowingTaskGroup { group in
            for writer in 0..<12 {
                group.addTask {
                    let file = try OutputFile(path)
                    for _ in 0..<50 { try file.append([UInt8](repeating: UInt8(65 + writer), count: 1000)) }
                    try file.finish()
                }
            }
            try await group.waitForAll()
        }
        let text = try folder.text("a")
        #expect(text.utf8.count == 50_000 && Set(text).count == 1)
        #expect(try folder.names() == ["a"])
    }

    /// What killed runs left goes with the next output of that name; what is in use, new or of another name stays.
    @Test func staleTemporaryFilesGo() throws {
        let folder = try Folder()
        let longAgo = Date(timeIntervalSinceNow: -3600)
        let (stale, new, inUse) = (".a.old000000001.partial", ".a.new000000001.partial", ".a.use000000001.partial")
        // Of another target, of a target with a longer name, of the user.
        let others = [".b.old000000001.partial", ".a.b.old000000001.partial", ".a.mynotes.partial"]
        for name in [stale, new, inUse] + others {
            try folder.write("left", to: name)
            if name == new { continue }
            try FileManager.default.setAttributes([.modificationDate: longAgo], ofItemAtPath: folder.path(name))
        }
        let locked = unsafe open(folder.path(inUse), O_RDONLY)
        defer { close(locked) }
        try #require(flock(locked, LOCK_EX | LOCK_NB) == 0)
        try OutputFile.write([1], to: folder.path("a"))
        #expect(try folder.names() == (others + [new, inUse, "a"]).sorted())
    }

    @Test func longNames() throws {
        let folder = try Folder()
        let name = String(repeating: "é", count: 127)
        try OutputFile.write([1], to: folder.path(name))
        #expect(try folder.names().count == 1)
    }
}
