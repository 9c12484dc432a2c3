/// How the answer is told apart from a speaker when it leaks into the microphone.
public struct EchoSettings: Sendable, Hashable {
    /// The longest way from handing over the sound to hearing it again, buffers of player and microphone included.
    public var maximumDelay: Duration = .milliseconds(500)
    /// How long the room goes on sounding.
    public var tail: Duration = .milliseconds(32)
    /// What is left of the sound after the answer was taken out of it, in power: up to this part of it is the answer
    /// alone. What is more is a speaker.
    public var largestResidue: Float = 0.3
    /// From the beginning of an answer, nobody is heard for so long: the way of its sound is not known yet.
    public var blindTime: Duration = .milliseconds(160)

    /// The defaults.
    public init() {}
}
