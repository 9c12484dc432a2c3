import CommandSupport
import Foundation

/// `omni-server`, the program that `omni serve` and `omni load` hand over to.
///
/// It is a package of its own, `Examples/Server`: HTTP, TLS and WebSocket take minutes to build, and no other verb
/// needs them.
enum ServerProgram {
    private static let name = "omni-server"
    private static let buildTime = "about 6 minutes on two cores the first time"

    /// What the help of a verb says of the program.
    static let explanation = """
        omni-server is looked for beside omni, in the checkout that omni was built in, and in PATH. In a checkout, \
        `swift build -c release --package-path Examples/Server --product omni-server` builds it, \(buildTime).
        """

    /// Replaces this process by `omni-server verb arguments…`. Returns only when help was asked for and there is no
    /// such program: then `help` is printed.
    static func run(_ verb: String, _ arguments: [String], help: String) throws {
        guard let program = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
            guard arguments.contains(where: { ["-h", "--help", "-help"].contains($0) }) else {
                throw Missing(verb: verb, package: checkout ?? "Examples/Server", buildTime: buildTime)
            }
            return try StandardOutput.write(help + "\n")
        }
        throw replaceProcess(by: program.path, [name, verb] + arguments)
    }

    /// Where the program may be, the likeliest place first.
    private static var candidates: [URL] {
        var folders: [URL] = []
        if let executable { folders.append(executable.deletingLastPathComponent()) }
        if let checkout { folders.append(URL(filePath: checkout).appending(path: ".build/release")) }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        folders += path.split(separator: ":").map { URL(filePath: String($0)) }
        return folders.map { $0.appending(path: name) }
    }

    private static var executable: URL? { Bundle.main.executableURL?.resolvingSymlinksInPath() }

    /// The folder of the package in the checkout whose `.build` has this `omni`; `nil` when it was installed elsewhere.
    private static var checkout: String? {
        guard var folder = executable?.deletingLastPathComponent() else { return nil }
        while folder.path.count > 1 {
            let isBuildFolder = folder.lastPathComponent == ".build"
            folder.deleteLastPathComponent()
            guard isBuildFolder else { continue }
            let package = folder.appending(path: "Server")
            return FileManager.default.fileExists(atPath: package.appending(path: "Package.swift").path)
                ? package.path : nil
        }
        return nil
    }

    /// Returns only when the program cannot be started.
    private static func replaceProcess(by path: String, _ arguments: [String]) -> CannotStart {
        var pointers = unsafe arguments.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        unsafe execv(path, pointers)
        let reason = unsafe String(cString: strerror(errno))
        unsafe pointers.forEach { unsafe free($0) }
        return CannotStart(path: path, reason: reason)
    }

    /// There is no `omni-server`.
    struct Missing: ErrorWithExitStatus, CustomStringConvertible {
        let verb: String
        let package: String
        let buildTime: String

        var exitStatus: ExitStatus { .unavailable }
        var description: String {
            "omni \(verb) needs omni-server, which is neither built nor in PATH: run "
                + "`swift build -c release --package-path \(quoted) --product omni-server` (\(buildTime))"
        }

        /// The package's path as a shell takes it.
        private var quoted: String {
            let isPlain = package.allSatisfy { $0.isLetter || $0.isNumber || "/._-".contains($0) }
            return isPlain ? package : "'" + package.replacing("'", with: "'\\''") + "'"
        }
    }

    /// The operating system refused to start `omni-server`.
    struct CannotStart: ErrorWithExitStatus, CustomStringConvertible {
        let path: String
        let reason: String

        var exitStatus: ExitStatus { .unavailable }
        var description: String { "\(path) cannot be started: \(reason)" }
    }
}
