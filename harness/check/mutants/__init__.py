"""Mutation testing: would the properties have noticed?"""
