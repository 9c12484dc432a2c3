extension Duration {
    /// The same span in seconds.
    var inSeconds: Double { self / .seconds(1) }
}
