import Foundation
import OmniFormats
import OmniTensor

/// The dimensions of a half of Whisper, in the three places where published models tell them.
protocol PublishedConfiguration: Codable {
    /// Reads the `dims` of a published `.pt` file; `nil` when there are none.
    ///
    /// - Parameter dimension: the integer under a name such as `n_mels`.
    /// - Throws: ``WhisperError/invalidConfiguration(field:reason:)`` when only some of them are there.
    init?(dimension: (String) -> Int?) throws(WhisperError)
    /// Finds the dimensions out from the shapes of the tensors.
    init(shapesOf weights: WeightScope) throws(WhisperError)
}

extension PublishedConfiguration {
    /// The dimensions that a file names (`dims`), those of the `config.json` beside it, or else those that its shapes
    /// tell.
    init(of checkpoint: Checkpoint, _ weights: WeightScope, at file: URL) throws(WhisperError) {
        if let stored = try Self(dimension: { checkpoint.integer("dims." + $0) }) {
            self = stored
            return
        }
        let beside = file.deletingLastPathComponent().appending(path: "config.json")
        guard FileManager.default.fileExists(atPath: beside.path) else {
            self = try Self(shapesOf: weights)
            return
        }
        self = try ConfigurationFile.decode(Self.self, from: beside)
    }

    /// The integers of all fields; `nil` when there is none of them.
    static func values(
        of fields: [String], _ dimension: (String) -> Int?
    ) throws(WhisperError) -> [Int]? {
        guard fields.contains(where: { dimension($0) != nil }) else { return nil }
        var values: [Int] = []
        for field in fields {
            guard let value = dimension(field) else {
                throw .invalidConfiguration(field: field, reason: "there is no integer of that name")
            }
            values.append(value)
        }
        return values
    }

    /// Makes sure that a dimension is one that a model can have. Numbers of a file that lies are refused here, before
    /// memory is allocated for them.
    static func require(_ field: String, _ value: Int, _ range: ClosedRange<Int>) throws(WhisperError) {
        guard range.contains(value) else {
            throw .invalidConfiguration(
                field: field, reason: "\(value) is not in \(range.lowerBound)...\(range.upperBound)")
        }
    }

    /// Makes sure that the width can be split into heads.
    static func requireHeads(_ field: String, _ headCount: Int, ofWidth width: Int) throws(WhisperError) {
        try require(field, headCount, 1...width)
        guard width % headCount == 0 else {
            throw .invalidConfiguration(
                field: field, reason: "a width of \(width) cannot be split into \(headCount) heads")
        }
    }
}

extension Checkpoint {
    /// The integer of a dotted name beside the tensors.
    func integer(_ name: String) -> Int? {
        guard case .integer(let value) = scalars[name] else { return nil }
        return value
    }
}

/// Reads a `config.json` of Hugging Face.
enum ConfigurationFile {
    /// - Throws: ``WhisperError/unreadableConfiguration(file:reason:)``, or the ``WhisperError`` that decoding throws.
    static func decode<Value: Decodable>(_ type: Value.Type, from url: URL) throws(WhisperError) -> Value {
        do {
            let data = try Data(contentsOf: url, options: .mappedIfSafe)
            // Real ones have some 2 kB; a large one is something else.
            guard data.count <= 1 << 20 else {
                throw WhisperError.unreadableConfiguration(
                    file: url.path, reason: "\(data.count) bytes are too many for a configuration")
            }
            if let explanation = MistakenFile.explanation(of: data) {
                throw WhisperError.unreadableConfiguration(file: url.path, reason: explanation)
            }
            return try JSONDecoder().decode(type, from: ByteOrderMark.dropped(from: data))
        } catch let error as WhisperError {
            throw error
        } catch let error as DecodingError {
            throw .unreadableConfiguration(file: url.path, reason: reason(error))
        } catch {
            throw .unreadableConfiguration(file: url.path, reason: "the file cannot be read")
        }
    }

    private static func reason(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "there is no \(key.stringValue)"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(context.codingPath.map(\.stringValue).joined(separator: ".")) is not an integer"
        default: "the file is not JSON"
        }
    }
}
