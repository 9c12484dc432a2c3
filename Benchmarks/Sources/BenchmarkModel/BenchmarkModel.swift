import Foundation

/// What the suites load: the model named by `OMNI_MODEL`, or the small one that comes with the package.
public enum BenchmarkModel {
    /// The root of the repository.
    static let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The folder of the model.
    public static var directory: URL {
        if let path = ProcessInfo.processInfo.environment["OMNI_MODEL"], !path.isEmpty { return URL(filePath: path) }
        return repository.appending(path: "Examples/Models/nano")
    }

    /// Silero's graph with random weights, or the published file named by `OMNI_VAD`.
    public static var voiceActivity: URL {
        if let path = ProcessInfo.processInfo.environment["OMNI_VAD"], !path.isEmpty { return URL(filePath: path) }
        return repository.appending(path: "Tests/Fixtures/vad/synthetic/v4.onnx")
    }

    /// A spoken question.
    public static var question: URL { repository.appending(path: "Examples/Audio/what-is-your-name.wav") }

    /// Speech-like numbers in -0.5...0.5, the same each time.
    public static func noise(_ count: Int) -> [Float] {
        var state: UInt32 = 1
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Float(Int32(bitPattern: state)) * 0x1p-32
        }
    }
}
