"""Every feed, described once by a contract; everything generic reads contracts and names no feed.

contract     what a contract says
"""
