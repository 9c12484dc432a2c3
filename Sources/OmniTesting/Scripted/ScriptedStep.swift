/// What a scripted model does in one step.
public struct ScriptedStep: Sendable {
    /// The token of this step's text: a scalar, which ``ScriptedTokenizer`` spells as itself.
    public var text: Unicode.Scalar?
    /// The one code of this step's frame.
    public var code: Int32?
    /// How long the step takes, as if it computed.
    public var delay: Duration
    /// Thrown instead.
    public var error: ScriptedError?

    /// Writes a line of the script.
    public init(
        text: Unicode.Scalar? = nil, code: Int32? = nil, delay: Duration = .zero, error: ScriptedError? = nil
    ) {
        self.text = text
        self.code = code
        self.delay = delay
        self.error = error
    }

    /// One step for each character: a scalar of text, and a frame of code 1 unless the scalar is in `silent`.
    public static func spelling(_ text: String, silent: Set<Unicode.Scalar> = []) -> [ScriptedStep] {
        text.unicodeScalars.map { ScriptedStep(text: $0, code: silent.contains($0) ? nil : 1) }
    }
}

/// A failure that a script asks for.
public struct ScriptedError: Error, Hashable {
    /// Tells failures apart.
    public let name: String

    /// Names a failure.
    public init(_ name: String) { self.name = name }
}
