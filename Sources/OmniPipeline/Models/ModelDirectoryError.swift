public import OmniTensor

/// What a folder lacks to be a model: everything at once, not file by file.
public struct ModelDirectoryError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One thing that is wrong.
    public enum Problem: Sendable, Hashable, CustomStringConvertible {
        /// The folder itself is not there.
        case noSuchFolder
        /// It is a file.
        case notAFolder
        /// Nothing plays this part. `lookedFor` are the places, by their paths in the folder.
        case missing(ModelDirectory.Part, lookedFor: [String])
        /// Several files could play this part, and nothing says which.
        case ambiguous(ModelDirectory.Part, found: [String])
        /// A file without a byte, such as a broken download leaves.
        case empty(file: String)
        /// The weights of a part are packed, and not as precisely as is wanted.
        case packed(ModelDirectory.Part, as: WeightPrecision, wanted: WeightPrecision)
        /// A model was to be packed whose part is packed already.
        case packedAlready(ModelDirectory.Part)
        /// A model was to be packed into its own folder.
        case packedOntoItself
        /// The folder for a packed model has a published model, whose weights would be read instead.
        case packedOntoAnother(String)

        public var description: String {
            switch self {
            case .noSuchFolder: "there is no such folder"
            case .notAFolder: "this is a file, and a model is a folder with the files of all its parts"
            case .missing(let part, let places):
                "there is no \(part.rawValue) (looked for \(places.joined(separator: ", ")))"
            case .ambiguous(let part, let files):
                "any of \(files.joined(separator: ", ")) could be the \(part.rawValue)"
            case .empty(let file): "\(file) is empty"
            case .packed(let part, let found, let wanted):
                "the \(part.rawValue) is packed as \(found), not \(wanted); pack the published weights again"
            case .packedAlready(let part):
                "the \(part.rawValue) is packed already; only published weights can be packed"
            case .packedOntoItself: "a packed model needs a folder of its own"
            case .packedOntoAnother(let file): "a packed model needs a folder of its own, and this one has \(file)"
            }
        }
    }

    /// The folder, as it was given.
    public let directory: String
    /// All that is wrong.
    public let problems: [Problem]

    /// Collects the facts.
    public init(directory: String, problems: [Problem]) {
        self.directory = directory
        self.problems = problems
    }

    public var description: String {
        "\(directory): \(problems.map(\.description).joined(separator: "; "))"
    }
}
