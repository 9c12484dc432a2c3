import Foundation
import Testing

@testable import OmniHub

/// A download in a process of its own: the test program runs itself again with this test alone.
enum ChildProcess {
    private static let variable = "OMNI_HUB_TEST_CHILD"
    static var endpoint: String? { ProcessInfo.processInfo.environment[variable] }

    /// Whether a test program can be run by itself, as on Linux.
    static var isPossible: Bool {
        #if os(Linux)
            endpoint == nil
        #else
            false
        #endif
    }

    /// Starts a download from a hub into a cache.
    static func start(_ endpoint: String, _ cache: HubCache, environment: [String: String] = [:]) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["--testing-library", "swift-testing", "--filter", "ChildDownload"]
        process.environment = ProcessInfo.processInfo.environment
            .filter { !$0.key.lowercased().hasSuffix("_proxy") }
            .merging(environment) { $1 }
            .merging([variable: endpoint, "HF_HUB_CACHE": cache.folder.path]) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Waits for the end on a thread that may wait.
    static func status(of process: Process) async -> Int32 {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                process.waitUntilExit()
                continuation.resume(returning: process.terminationStatus)
            }
        }
    }
}

@Suite("ChildDownload", .enabled(if: ChildProcess.endpoint != nil))
struct ChildDownload {
    @Test("what a child process does")
    func download() async throws {
        var configuration = try HubConfiguration()
        configuration.endpoint = try #require(URL(string: ChildProcess.endpoint ?? ""))
        configuration.firstRetryDelay = .milliseconds(1)
        _ = try await HubClient(configuration).snapshot(of: HubFixture.repository())
    }
}
