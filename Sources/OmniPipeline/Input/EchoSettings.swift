/// How the reply is told apart from a speaker when it leaks into the microphone.
public struct EchoSettings: Sendable, Hashable {
    /// The longest way from handing over the audio to hearing it again, buffers of player and microphone included.
    public var maximumDelay: Duration = .milliseconds(500)
    /// How long the room reverberates.
    public var tail: Duration = .milliseconds(32)
    /// What is left of the audio after the reply was taken out of it, in power: up to this part of it is the reply
    /// alone. What is more is a speaker.
    public var largestResidue: Float = 0.3
    /// From the beginning of a reply, no speaker is heard for this long: the delay of its audio is not known yet.
    public var blindTime: Duration = .milliseconds(160)

    /// The defaults.
    public init() {}
}
