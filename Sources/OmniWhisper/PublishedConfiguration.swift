import Foundation
import OmniTensor

/// The dimensions of a half of Whisper, in the three places where published models tell them.
protocol PublishedConfiguration: Decodable {
    /// Reads the `dims` of a published `.pt` file; `nil` when there are none.
    ///
    /// - Parameter dimension: the integer under a name such as `n_mels`.
    /// - Throws: `ModelConfigurationError` when only some of them are there.
    init?(dimension: (String) -> Int?) throws(ModelConfigurationError)
    /// Finds the dimensions out from the shapes of the tensors.
    init(shapesOf weights: WeightScope) throws
    /// Makes sure that a model can have these dimensions.
    func validate() throws(ModelConfigurationError)
}

extension PublishedConfiguration {
    /// The dimensions that a file names (`dims`), those of the `config.json` beside it, or else those that its shapes
    /// tell.
    init(of checkpoint: Checkpoint, _ weights: WeightScope, at file: URL) throws {
        let beside = file.deletingLastPathComponent().appending(path: "config.json")
        var origin = file
        do {
            if let stored = try Self(dimension: { checkpoint.integer("dims." + $0) }) {
                self = stored
            } else if FileManager.default.fileExists(atPath: beside.path) {
                origin = beside
                self = try ConfigurationFile.decode(Self.self, from: beside)
            } else {
                self = try Self(shapesOf: weights)
            }
            try validate()
        } catch let error as ModelConfigurationError {
            throw error.located(in: origin.path)
        }
    }

    /// Reads and validates a `config.json` of Hugging Face.
    init(validating url: URL) throws(ModelConfigurationError) {
        self = try ConfigurationFile.decode(Self.self, from: url)
        do { try validate() } catch { throw error.located(in: url.path) }
    }

    /// The integers of all fields; `nil` when there is none of them.
    static func values(
        of fields: [String], _ dimension: (String) -> Int?
    ) throws(ModelConfigurationError) -> [Int]? {
        guard fields.contains(where: { dimension($0) != nil }) else { return nil }
        var values: [Int] = []
        for field in fields {
            guard let value = dimension(field) else {
                throw .invalid(field: field, reason: "there is no integer of that name")
            }
            values.append(value)
        }
        return values
    }
}

extension Checkpoint {
    /// The integer of a dotted name beside the tensors.
    func integer(_ name: String) -> Int? {
        guard case .integer(let value) = scalars[name] else { return nil }
        return value
    }
}
