/// What captures and plays for an ``AudioDevice``: one implementation a platform.
protocol AudioHardware: Sendable {
    /// Begins to capture and to play, until ``stop()``. The callbacks are called on threads of the hardware's own.
    func start(_ callbacks: AudioCallbacks) throws

    /// Stops. Afterwards no callback is called; a second call does nothing.
    func stop()
}

/// What the hardware calls. All samples are mono at ``AudioDevice/sampleRate``.
struct AudioCallbacks: Sendable {
    /// Takes samples that the microphone captured; the last of them was captured just now.
    let capture: @Sendable ([Float]) -> Void
    /// Fills a buffer with the samples that the loudspeaker plays next.
    let render: @Sendable (inout [Float]) -> Void
    /// Takes the reason why the hardware stopped, or `nil` after ``AudioHardware/stop()``. Nothing is called after it.
    let end: @Sendable (AudioDeviceError?) -> Void
}
