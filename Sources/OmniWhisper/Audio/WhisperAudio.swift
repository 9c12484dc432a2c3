/// The numbers that Whisper's front end is built on; no checkpoint changes them.
enum WhisperAudio {
    /// Samples per second, in Hz.
    static let sampleRate = 16_000
    /// Samples in the window of one frame.
    static let windowLength = 400
    /// Samples from one frame to the next: 10 ms.
    static let hopLength = 160
    /// Frequencies that a transform of ``windowLength`` real samples has.
    static let frequencyCount = windowLength / 2 + 1
    /// Mel frames in one encoder position.
    static let framesPerPosition = 2
    /// Samples in one encoder position: 20 ms.
    static let samplesPerPosition = framesPerPosition * hopLength
}
