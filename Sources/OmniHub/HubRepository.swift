/// A model repository of a hub, by its id: `gpt-omni/mini-omni`.
public struct HubRepository: Sendable, Hashable, CustomStringConvertible {
    /// `name` or `owner/name`.
    public let id: String

    /// Checks an id by the hub's own rules: one or two names of letters, digits, `-`, `_` and `.`, 96 characters at
    /// most.
    ///
    /// - Throws: ``HubError/badRepositoryID(_:)``.
    public init(_ id: String) throws(HubError) {
        guard Self.isValid(id) else { throw .badRepositoryID(id) }
        self.id = id
    }

    private init(known id: String) { self.id = id }

    public var description: String { id }

    // MARK: Known models

    /// Mini-Omni: language model, Whisper's encoder and tokenizer.
    public static let miniOmni = HubRepository(known: "gpt-omni/mini-omni")
    /// Mini-Omni2: the same parts, with weights for images that speech does not need.
    public static let miniOmni2 = HubRepository(known: "gpt-omni/mini-omni2")
    /// The codec of both, SNAC at 24 kHz.
    public static let snac24kHz = HubRepository(known: "hubertsiuzdak/snac_24khz")

    /// The files that the model cannot do without; `nil` when the repository is not a known one.
    public var requiredFiles: [String]? {
        switch self {
        case .miniOmni, .miniOmni2: ["lit_model.pth", "model_config.yaml", "tokenizer.json", "small.pt"]
        case .snac24kHz: ["config.json", "pytorch_model.bin"]
        default: nil
        }
    }

    /// The repositories that hold the other parts of a known model.
    public var companions: [HubRepository] {
        switch self {
        case .miniOmni, .miniOmni2: [.snac24kHz]
        default: []
        }
    }

    // MARK: Ids

    /// The name of the repository's folder in a cache.
    var folderName: String { "models--" + id.replacing("/", with: "--") }

    /// The repository of a folder in a cache; `nil` for other folders.
    init?(folderName: String) {
        guard folderName.hasPrefix("models--") else { return nil }
        let id = String(folderName.dropFirst("models--".count).replacing("--", with: "/"))
        guard Self.isValid(id) else { return nil }
        self.id = id
    }

    private static func isValid(_ id: String) -> Bool {
        let names = id.split(separator: "/", omittingEmptySubsequences: false)
        guard id.utf8.count <= 96, (1...2).contains(names.count), !id.contains("--"), !id.contains(".."),
            !id.hasSuffix(".git")
        else { return false }
        return names.allSatisfy { name in
            guard let first = name.utf8.first, let last = name.utf8.last else { return false }
            return name.utf8.allSatisfy(isNameByte) && !isPunctuation(first) && !isPunctuation(last)
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func isPunctuation(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") }
}
