public import Foundation
public import OmniCore

/// Golden data under `Tests/Fixtures`, found from this source file so that a clone is all that tests need.
public enum Fixture {
    /// The folder that holds all fixtures.
    public static let directory = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures", directoryHint: .isDirectory)

    /// The folder of examples, with the bundled model and its questions.
    public static let examples = directory.deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Examples", directoryHint: .isDirectory)

    /// A file or folder by its path below ``directory``.
    public static func url(_ path: String) -> URL { directory.appending(path: path) }

    /// The bytes of a file.
    public static func data(_ path: String) throws -> Data { try Data(contentsOf: url(path)) }

    /// A JSON file as a value.
    public static func json<Value: Decodable>(_ path: String, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: data(path))
    }

    /// A 16-bit PCM WAV file with the plain 44-byte header that every fixture has; channels averaged.
    public static func audio(_ path: String) throws -> AudioChunk { try audio(at: url(path)) }

    /// Such a file anywhere.
    public static func audio(at file: URL) throws -> AudioChunk {
        let bytes = try [UInt8](Data(contentsOf: file))
        func little(_ offset: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
        }
        guard bytes.count >= 44, little(34, 2) == 16, bytes[36..<40].elementsEqual("data".utf8) else {
            throw FixtureError.unexpectedFormat(file.path)
        }
        let channelCount = little(22, 2)
        let frameCount = min(little(40, 4), bytes.count - 44) / (2 * channelCount)
        let samples = (0..<frameCount).map { frame in
            (0..<channelCount).reduce(Float(0)) { sum, channel in
                let value = little(44 + (frame * channelCount + channel) * 2, 2)
                return sum + Float(Int16(truncatingIfNeeded: value)) / 32_768
            } / Float(channelCount)
        }
        return AudioChunk(samples, sampleRate: little(24, 4))
    }
}

/// A fixture that is not what the test takes it for.
public enum FixtureError: Error {
    case unexpectedFormat(String)
}
